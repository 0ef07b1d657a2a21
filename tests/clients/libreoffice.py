"""Opens every Word document in LibreOffice and prints it to PDF; each must have its title and its pictures."""

import pathlib
import subprocess
import sys
import tempfile

import pikepdf

root, out = sys.argv[1], pathlib.Path(sys.argv[2]) / "docx"
documents = sorted(out.glob("*.docx"))
assert documents, out
pictures = 0
with tempfile.TemporaryDirectory() as folder:
    profile = pathlib.Path(folder, "profile").as_uri()
    command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf", "--outdir", folder]
    # Its names cannot hold every character that a path may hold in every locale, so each document gets a plain one.
    for number, document in enumerate(documents):
        plain = pathlib.Path(folder, f"{number}.docx")
        plain.write_bytes(document.read_bytes())
        subprocess.run([*command, str(plain)], check=True, capture_output=True, timeout=120)
        printed = plain.with_suffix(".pdf")
        assert printed.is_file(), document
        with pikepdf.open(printed) as pdf:
            assert len(pdf.pages) > 0, document
            pictures += sum(len(page.images) for page in pdf.pages)
assert pictures > 0
print(f"libreoffice: {len(documents)} documents, {pictures} pictures")
