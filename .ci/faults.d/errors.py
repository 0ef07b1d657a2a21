"""Makes one system call after another fail while `liudi backup` runs, by strace, and holds the program to three promises:

- its exit status is never 0 while something was lost;
- nothing is reported as held that is not;
- a second run on a healthy disk ends in the same archive as a run without faults."""

import json, os, re, shutil, subprocess

from job import ENVIRONMENT, MOST, ROOT, Work, differing

FAULTS = """openat:ENOENT openat:EACCES openat:EMFILE openat:EIO read:EIO pread64:EIO getdents64:EIO statx:EIO statx:EACCES
newfstatat:EIO fstat:EIO lseek:EIO readlink:EIO write:ENOSPC write:EIO pwrite64:ENOSPC pwrite64:EIO ftruncate:ENOSPC
fallocate:ENOSPC fsync:EIO fdatasync:EIO syncfs:EIO rename:EIO renameat:EIO renameat2:EIO unlink:EIO unlinkat:EIO
mkdir:ENOSPC mkdir:EACCES chmod:EPERM fchmod:EPERM link:EPERM linkat:EPERM copy_file_range:EIO""".split()


def backup(liudi, inputs, archive, strace=()):
    command = [*strace, liudi, "backup", inputs, "-o", archive, "--jobs", "1", "--no-mirror", "--json"]
    return subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=300)


# The folder of an article is named once: after the run that first saw it, which may not have been able to read its title.
# Size and digest of a table that names such folders follow from it.
TITLED = re.compile(rb"(articles/[0-9]{4}/[0-9]{8}-[0-9]+-[0-9]+)[^/]*")
OF_TABLE = re.compile(rb'"(bytes|hash)": [^,]*')


def untitled(path, data):
    data = OF_TABLE.sub(b"", data) if path.endswith("/datapackage.json") else data
    return TITLED.sub(rb"\1", path.encode()).decode(), TITLED.sub(rb"\1", data)


def tree(archive, whole):
    """Every file but the working state; unless `whole`, without what differs when the same was read in two runs."""
    told = {}
    for folder, _, files in os.walk(archive):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), archive)
            kept = ["/data/articles/", "/data/media/", "/data/tables/", "/data/billing/", "gaps.csv", "/data/comments/", "/data/statistics/"]
            if not path.startswith(".liudi") and (whole or any(part in "/" + path for part in kept)):
                data = open(os.path.join(folder, name), "rb").read()
                path, data = (path, data) if whole else untitled(path, data)
                told[path] = data
    return told


def held(archive):
    """Numbers of articles held, as the tables of the archive and its folders have them."""
    found = 0
    for bag in ["public", "private"]:
        for folder, _, files in os.walk(f"{archive}/{bag}/data/articles"):
            found += "article.json" in files and "/versions/" not in folder + "/"
    return found


def errors(liudi, sums):
    if not shutil.which("strace"):
        return sums.pass_over("errors: needs strace (apt-get install strace)")
    with Work() as work:
        inputs = {"demo": f"{ROOT}/fixtures/demo", "mixed": f"{work}/mixed"}
        os.mkdir(inputs["mixed"])
        for name in ["page/type0-complete", "bill-personal/csv", "bill-trade/all-27", "bill-trade/refund-29"]:
            if os.path.isdir(f"{ROOT}/fixtures/{name}"):
                shutil.copytree(f"{ROOT}/fixtures/{name}", f"{work}/mixed/{name.replace('/', '-')}",
                                ignore=shutil.ignore_patterns("expected*"))
        for job, folder in inputs.items():
            one_by_one(liudi, sums, work, job, folder)


def one_by_one(liudi, sums, work, job, folder):
    reference, seen = f"{work}/reference-{job}", {}
    sound = backup(liudi, folder, reference)
    report = json.loads(sound.stdout)
    whole, content, articles = tree(reference, True), tree(reference, False), held(reference)
    for fault in FAULTS:
        call, error = fault.split(":")
        trace, archive = f"{work}/trace", f"{work}/archive"
        counting = backup(liudi, folder, archive, ["strace", "-f", "-qq", "-e", f"trace={call}", "-e", "signal=none", "-o", trace])
        shutil.rmtree(archive, ignore_errors=True)
        if counting.returncode != sound.returncode:
            sums.pass_over(f"{fault}: not known to strace here")
            continue
        count = len(re.findall(rf"^\d+ +{call}\(", open(trace).read(), re.M))
        step = max(1, count // MOST) if MOST else 1
        for at in range(1, count + 1, step):
            where = f"{job} {fault} #{at} of {count}"
            try:
                hurt = backup(liudi, folder, archive, ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={call}",
                                                       "-e", f"inject={call}:error={error}:when={at}"])
            except subprocess.TimeoutExpired:
                sums.wrong(f"{where}: hangs")
                continue
            # strace counts the calls of each thread, so that none may have come so far.
            if "(INJECTED)" in open(trace, errors="replace").read():
                sums.fault("errors")
            seen[hurt.returncode] = seen.get(hurt.returncode, 0) + 1
            sums.ended(where, hurt)
            if hurt.returncode == sound.returncode and (wrong := differing(whole, tree(archive, True))):
                sums.wrong(f"{where}: status {hurt.returncode} and {len(wrong)} files differ: {wrong[:3]}")
            told = json.loads(hurt.stdout) if hurt.stdout.strip().startswith(b"{") else None
            if told and "articles" in told and told["articles"]["held"] > held(archive):
                sums.wrong(f"{where}: says {told['articles']['held']} articles are held, {held(archive)} are")
            if hurt.returncode and not hurt.stderr and not (told or {}).get("problems") and not told:
                sums.wrong(f"{where}: status {hurt.returncode} without a word")
            again = backup(liudi, folder, archive)
            if again.returncode != sound.returncode:
                sums.wrong(f"{where}: a healthy run gives {again.returncode} after it: {(again.stdout + again.stderr)[-400:]}")
            elif wrong := differing(content, tree(archive, False)):
                sums.wrong(f"{where} ({hurt.returncode}): after a healthy run {len(wrong)} files differ: {wrong[:3]}")
            else:
                checked = subprocess.run([liudi, "verify", archive], capture_output=True, env=ENVIRONMENT)
                if checked.returncode:
                    sums.wrong(f"{where}: verify gives {checked.returncode} after a healthy run")
            shutil.rmtree(archive, ignore_errors=True)
        print(f"{job} {fault}: {count} calls", flush=True)
    print(f"{job}: {articles} articles, {report['read']} inputs; runs by exit status: {dict(sorted(seen.items()))}")
