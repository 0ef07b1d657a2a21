"""Faults that come from others: inputs that change, rights, clocks, a second program, names."""

import contextlib, glob, os, random, re, shutil, stat, subprocess, time, unicodedata

from calls import missing, striker
from job import DEMO, ENVIRONMENT, MOST, ROOT, TELLS, Work, died, is_whole, jobs, meanwhile, sha256, tree

TURNS = MOST or 100


def borne(job, done):
    """Yields what is wrong after a run that had to bear what was done to it, and after another."""
    if done.returncode != job.code:
        yield f"status {done.returncode} {done.stderr[-300:]!r}"
    elif wrong := job.lost():
        yield f"{len(wrong)} files are lost or wrong: {wrong[:3]}"
    yield from job.after_fault()
    yield from job.after_rerun(strict=False)


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)


def replace(path, data):
    put(path + "~new", data)
    os.replace(path + "~new", path)


def remove(path, data):
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    put(path, data)


def grow(path, data):
    with open(path, "ab") as file:
        file.write(data[:4096])


def shrink(path, data):
    put(path, data)
    os.truncate(path, len(data) // 3)


WAYS = {"grows": grow, "shrinks": shrink, "is replaced": replace, "is written over": put, "is removed and made again": remove}


def moving(liudi, sums):
    with Work() as work:
        changing_inputs(liudi, sums, work)
        changing_archive(liudi, sums, work)


def changing_inputs(liudi, sums, work):
    """A picture, a bill and a page change while they are read; once they rest, what they hold then is in the archive."""
    source, archive = f"{work}/in", f"{work}/archive"
    run = lambda *command: subprocess.run([liudi, *command], cwd=work, env=ENVIRONMENT, capture_output=True, timeout=300)
    backup = lambda: run("backup", source, "-o", archive, "--jobs", "1", "--no-mirror", "--quiet")
    bills = [open(path, "rb").read() for kind in ("all-27", "success-20") for path in glob.glob(f"{ROOT}/fixtures/bill-trade/{kind}/19*.csv")]
    page = open(sorted(glob.glob(f"{DEMO}/pages/*.html"))[0], "rb").read()
    dice, told = random.Random(1), {}
    for way, change in WAYS.items():
        for turn in range(TURNS):
            shutil.rmtree(source, ignore_errors=True)
            shutil.rmtree(archive, ignore_errors=True)
            shutil.copytree(f"{DEMO}/pages", source)
            versions = {"picture.png": [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0" + dice.randbytes(1 << 20) for _ in range(2)],
                        "bill.csv": bills, "page.html": [page + b"<!-- %d -->" % turn, page + b"<!-- another -->"]}
            for name, (one, _) in versions.items():
                put(f"{source}/{name}", one)

            def change_all():
                for name, (one, other) in versions.items():
                    change(f"{source}/{name}", random.choice([one, other]))

            where = f"an input {way}, turn {turn}"
            with meanwhile(change_all):
                done = backup()
            sums.fault("moving")
            told[done.returncode] = told.get(done.returncode, 0) + 1
            sums.ended(where, done)
            if os.path.exists(f"{archive}/SHA256SUMS") and (not is_whole(archive) or run("verify", archive).returncode):
                sums.wrong(f"{where}: the archive is not whole")
            for name, (one, _) in versions.items():
                put(f"{source}/{name}", one)
            done = backup()
            kept = set(tree(archive).values())
            if lost := [name for name in ["picture.png", "bill.csv"] if sha256(f"{source}/{name}") not in kept]:
                sums.wrong(f"{where}: at rest the run gives {done.returncode}, and {lost} is not in the archive")
            if not is_whole(archive) or run("verify", archive).returncode:
                sums.wrong(f"{where}: at rest the archive is not whole")
    print(f"inputs change: status {dict(sorted(told.items()))}", flush=True)


def changing_archive(liudi, sums, work):
    """Files of the archive change while it is copied: nobody is told that the copy is whole if it is not."""
    os.environ["LIUDI_FAULT_JOBS"], before = "copy", os.environ.get("LIUDI_FAULT_JOBS")
    (job,) = jobs(liudi, work, None)
    os.environ.pop("LIUDI_FAULT_JOBS") if before is None else os.environ.update(LIUDI_FAULT_JOBS=before)
    told, names = {}, sorted(path for path in job.before if "/data/" in path)
    for way, change in WAYS.items():
        for turn in range(TURNS):
            job.reset()
            files = [f"{job.at}/{name}" for name in random.Random(turn).sample(names, 5)]
            good = {file: open(file, "rb").read() for file in files}

            def change_all():
                for file, data in good.items():
                    change(file, data[::-1])
                    put(file, data)

            with meanwhile(change_all):
                done = job.run()
            sums.fault("moving")
            told[done.returncode] = told.get(done.returncode, 0) + 1
            where = f"a file of the archive {way} while it is copied, turn {turn}"
            sums.ended(where, done)
            if done.returncode == 0 and not is_whole(f"{job.at}/copy"):
                sums.wrong(f"{where}: the copy is not whole, and the status is 0")
            for file, data in good.items():
                put(file, data)
            for wrong in job.after_rerun(strict=False):
                sums.wrong(f"{where}: {wrong}")
    print(f"the archive changes: status {dict(sorted(told.items()))}", flush=True)


def rights(liudi, sums):
    """One folder or file after another may not be written to, or not be read, by a user whom modes bind."""
    if os.geteuid() or not shutil.which("setpriv"):
        return sums.pass_over("rights: needs root and setpriv (for root every file is writable)")
    if why := missing():
        return sums.pass_over(f"rights, {why}")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    with Work() as work:
        os.chmod(work, 0o755)
        shutil.copy(liudi, f"{work}/liudi")
        shutil.copytree(DEMO, f"{work}/demo")
        if subprocess.run([*nobody, f"{work}/liudi", "--version"], capture_output=True).returncode:
            return sums.pass_over("rights: the folder for temporary files may not be entered by everybody")
        for job in jobs(f"{work}/liudi", work, striker(work), f"{work}/demo"):
            subprocess.run(["chown", "-R", "65534:65534", job.start], check=True)
            job.prefix = nobody
            places = ["."] + sorted(os.path.relpath(f"{at}/{name}", job.start) for at, folders, files in os.walk(job.start) for name in folders + files)
            told = {}
            for mode in [0o555, 0o000]:
                for place in places[:1] + places[1::max(1, len(places) // MOST) if MOST else 1]:
                    job.reset()
                    path = f"{job.at}/{place}"
                    before = stat.S_IMODE(os.stat(path).st_mode)
                    if mode == 0o000 and place == ".":
                        continue
                    os.chmod(path, mode if os.path.isdir(path) else mode & 0o444)
                    done = job.run()
                    sums.fault("rights")
                    told[done.returncode] = told.get(done.returncode, 0) + 1
                    where = f"{job.name}: {place} with mode {mode:o}"
                    sums.ended(where, done)
                    if done.returncode not in (0, job.code) and not done.stderr and not done.stdout:
                        sums.wrong(f"{where}: status {done.returncode} without a word")
                    if os.path.exists(path):
                        os.chmod(path, before)
                    if done.returncode == job.code and (wrong := job.lost()):
                        sums.wrong(f"{where}: status {done.returncode} and {len(wrong)} files are lost or wrong: {wrong[:3]}")
                    for wrong in [*job.after_fault(), *job.after_rerun(strict=False)]:
                        sums.wrong(f"{where}: {wrong}")
            print(f"{job.name}: status {dict(sorted(told.items()))}", flush=True)


CLOCKS = ["2001-01-01 00:00:00", "1971-01-01 00:00:00", "2038-01-19 03:14:08", "2099-12-31 23:59:59", "2200-01-01 00:00:00"]


def clock(liudi, sums):
    if not shutil.which("faketime"):
        return sums.pass_over("clock: needs faketime (apt-get install faketime)")
    if why := missing():
        return sums.pass_over(f"clock, {why}")
    library = subprocess.run(["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"], check=True, capture_output=True, text=True).stdout.strip()
    own = {name: value for name, value in ENVIRONMENT.items() if name != "SOURCE_DATE_EPOCH"}
    with Work() as work:
        for job in jobs(liudi, work, striker(work)):
            # Packs of evidence are named by their day, and the description has the day.
            job.tells = re.compile(TELLS.pattern + "|/evidence/|ro-crate-metadata")
            now = f"{work}/now"
            jumps = own | {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": now, "FAKETIME_NO_CACHE": "1"}
            cases = {time: (["faketime", "-m", "-f", f"@{time}"], own) for time in CLOCKS}
            cases |= {f"jumps, turn {turn}": ([], jumps) for turn in range(max(1, TURNS // 10))}
            for case, (before, environment) in cases.items():
                job.reset()
                replace(now, b"@2026-01-01 00:00:00\n")
                with meanwhile(lambda: replace(now, f"@{random.choice(CLOCKS)}\n".encode())) if not before else contextlib.nullcontext():
                    done = job.run(*before, env=environment)
                sums.fault("clock")
                where = f"{job.name}: clock {case}"
                for wrong in borne(job, done):
                    sums.wrong(f"{where}: {wrong}")
            print(f"{job.name}: {len(cases)} clocks", flush=True)


def writers(liudi, sums):
    """Two programs at once: each ends well or says that it has to wait, and afterwards all is as after one and the other."""
    if why := missing():
        return sums.pass_over(f"writers, {why}")
    os.environ["LIUDI_FAULT_JOBS"], asked = "later-backup,copy,resumed-copy,repair,pack", os.environ.get("LIUDI_FAULT_JOBS")
    with Work() as work:
        by_name = {job.name: job for job in jobs(liudi, work, striker(work))}
        os.environ.pop("LIUDI_FAULT_JOBS") if asked is None else os.environ.update(LIUDI_FAULT_JOBS=asked)
        backup, copy, repair, pack = (by_name[name].command for name in ["later-backup", "copy", "repair", "pack"])
        for name, job, one, other in [
            ("copy and copy", by_name["copy"], copy, copy),
            ("copy and copy that go on", by_name["resumed-copy"], copy, copy),
            ("backup and backup", by_name["later-backup"], backup, backup),
            ("backup and copy", by_name["later-backup"], backup, copy),
            ("backup and pack", by_name["later-backup"], backup, pack),
            ("repair and backup", by_name["repair"], repair, backup),
            ("repair and repair", by_name["repair"], repair, repair),
            ("repair and copy", by_name["repair"], repair, copy),
            ("pack and pack", by_name["pack"], pack, pack),
        ]:
            job.reset()
            job.command = one
            job.code = [job.run(command=command).returncode for command in (one, other)][0]
            job.after = tree(job.at)
            told = {}
            for turn in range(TURNS):
                job.reset()
                wait = random.Random(turn).random() * 0.08
                start = lambda command: subprocess.Popen([liudi, *command], cwd=job.at, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                children = [start(one)]
                time.sleep(wait)
                children.append(start(other))
                spoken = [child.communicate(timeout=300) for child in children]
                codes = tuple(child.returncode for child in children)
                told[codes] = told.get(codes, 0) + 1
                sums.fault("writers")
                where = f"{name}, turn {turn}, status {codes}"
                if any(died(child) for child in children) or any(code and not any(said) for code, said in zip(codes, spoken)):
                    sums.wrong(f"{where}: dies or says nothing: {spoken}")
                if all(codes) and job.name != "repair":
                    sums.wrong(f"{where}: none of them did its work: {[said[1][-200:] for said in spoken]}")
                for command, code in zip((one, other), codes):
                    if command[0] == "copy" and code == 0 and not is_whole(f"{job.at}/copy"):
                        sums.wrong(f"{where}: the copy is not whole, and the status is 0")
                    if command[0] == "pack" and code == 0:
                        # They may be of the archive before or after the other's work.
                        unpacked = job.run(command=["unpack", "packs", "-o", "again", "--quiet"])
                        if unpacked.returncode or not is_whole(f"{job.at}/again"):
                            sums.wrong(f"{where}: what was packed is not whole {unpacked.stderr[-300:]!r}")
                        shutil.rmtree(f"{job.at}/again", ignore_errors=True)
                if job.name != "pack":
                    shutil.rmtree(f"{job.at}/packs", ignore_errors=True)
                for wrong in job.after_fault():
                    sums.wrong(f"{where}: {wrong}")
                again = [job.run(command=command).returncode for command in (one, other, one)]
                if any(again):
                    sums.wrong(f"{where}: one after the other they give {again}")
                elif wrong := job.lost():
                    sums.wrong(f"{where}: {len(wrong)} files are lost or wrong: {wrong[:3]}")
                for archive in job.archives():
                    if not is_whole(f"{job.at}/{archive}"):
                        sums.wrong(f"{where}: {archive} is not whole")
            print(f"{name}: status {told}", flush=True)


def names(liudi, sums):
    """NFC beside NFD, and file systems that refuse what Windows refuses or take upper for lower case."""
    page = open(sorted(glob.glob(f"{DEMO}/pages/*.html"))[0], encoding="utf-8").read()
    mid = page.split("mid=")[1][:10]
    wanted = [unicodedata.normalize(form, name) for name in ["café 谷雨.html", "が.html", "Å.html"] for form in ("NFC", "NFD")]

    def pages(folder, given):
        os.makedirs(folder)
        for number, name in enumerate(given):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(page.replace(mid, f"26600{number:05}"))

    def held(folder):
        return sum("article.json" in files and "/versions/" not in at + "/" for bag in ("public", "private") for at, _, files in os.walk(f"{folder}/{bag}/data/articles"))

    def reads(work, source, given, where):
        pages(source, given)
        done = subprocess.run([liudi, "backup", source, "-o", f"{work}/archive", "--no-mirror", "--quiet"], env=ENVIRONMENT, capture_output=True)
        sums.fault("names")
        if done.returncode or held(f"{work}/archive") != len(given) or not is_whole(f"{work}/archive"):
            sums.wrong(f"{where}: status {done.returncode}, {held(f'{work}/archive')} of {len(given)} articles {done.stderr[-300:]!r}")
        shutil.rmtree(f"{work}/archive", ignore_errors=True)

    with Work() as work:
        reads(work, f"{work}/in", [*wanted, "A.html", "a.html"], "NFC, NFD, upper and lower case as source")
        if os.geteuid():
            return sums.pass_over("names: other file systems need root")
        if why := missing():
            return sums.pass_over(f"names, {why}")
        # lowntfs-3g with ignore_case would show every name in lower case, as neither Windows nor macOS does.
        for system, tool, make, mount, ignores_case in [
            ("ntfs", "ntfs-3g", ["mkntfs", "-F", "-q"], ["lowntfs-3g", "-o", "windows_names"], False),
            ("exfat", "exfat-fuse exfatprogs", ["mkfs.exfat"], ["mount.exfat-fuse"], True),
        ]:
            if not shutil.which(make[0]) or not shutil.which(mount[0]):
                sums.pass_over(f"names: {system} needs {tool} (apt-get install {tool})")
                continue
            with open(f"{work}/image", "wb") as image:
                image.truncate(200 << 20)
            subprocess.run([*make, f"{work}/image"], check=True, capture_output=True)
            with mounted(mount, work, f"{work}/other", ignores_case):
                reads(work, f"{work}/other/in", wanted, f"names on {system} as source")
            for job in jobs(liudi, work, striker(work)):
                with mounted(mount, work, job.at, ignores_case):
                    subprocess.run(["cp", "-r", f"{job.start}/.", job.at], check=True)
                    done = job.run()
                    sums.fault("names")
                    where = f"{job.name} on {system}"
                    for wrong in borne(job, done):
                        sums.wrong(f"{where}: {wrong}")
                print(f"{where}: status {done.returncode}", flush=True)


@contextlib.contextmanager
def mounted(mount, work, at, ignores_case):
    """Puts an empty file system of another kind at a folder."""
    shutil.rmtree(at, ignore_errors=True)
    os.makedirs(at)
    device = subprocess.run(["losetup", "-f", "--show", f"{work}/image"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run([*mount, device, at], check=True, capture_output=True)
    try:
        open(f"{at}/Case", "w").close()
        if os.path.exists(f"{at}/cASE") != ignores_case or os.listdir(at) != ["Case"]:
            raise SystemExit(f"names: {mount[0]} does not treat case as expected")
        os.remove(f"{at}/Case")
        yield
    finally:
        for left in os.listdir(at):
            shutil.rmtree(f"{at}/{left}", ignore_errors=True)
        subprocess.run(["umount", at], check=True)
        subprocess.run(["losetup", "-d", device], check=True)
