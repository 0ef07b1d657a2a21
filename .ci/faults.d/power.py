"""Power cuts: of the writes to the disk that nothing synced, any combination is lost, on ext4 with data=writeback."""

import contextlib, os, random, re, shutil, subprocess, time

from calls import missing, striker
from job import LEFT, MOST, Work, differing, jobs, tree

MEGABYTES = 48


def cuts(liudi, sums):
    if os.geteuid() or not shutil.which("outagefs") or not shutil.which("mkfs.ext4"):
        return sums.pass_over("power: needs root, e2fsprogs and outagefs (apt-get install libfuse-dev pkg-config; cargo install outagefs)")
    if why := missing():
        return sums.pass_over(f"power, {why}")
    with Work() as work:
        for job in jobs(liudi, work, striker(work)):
            over(job, sums, work)


@contextlib.contextmanager
def disk(work, *options):
    """Shows the disk with some of the recorded writes as a file."""
    dest = f"{work}/disk"
    open(dest, "a").close()
    plain = os.stat(dest).st_dev
    shown = subprocess.Popen(["outagefs", "mount", "-b", f"{work}/base", "-c", f"{work}/changes", "-d", dest, *options],
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1000):
            if os.stat(dest).st_dev != plain:
                break
            time.sleep(0.01)
        else:
            raise SystemExit("power: outagefs does not show the disk")
        yield dest
    finally:
        shown.communicate(b"\n")


@contextlib.contextmanager
def mounted(image, at, options="loop,data=writeback"):
    os.makedirs(at, exist_ok=True)
    subprocess.run(["mount", "-o", options, image, at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", at], check=True)


def mark(image):
    """Writes behind the file system, so that the record shows when the program had ended."""
    with open(image, "r+b", buffering=0) as file:
        file.seek(MEGABYTES << 20)
        file.write(b"ended" * 100)
        os.fsync(file.fileno())


def over(job, sums, work):
    shutil.rmtree(job.at)
    with open(f"{work}/base", "wb") as base:
        base.truncate((MEGABYTES + 1) << 20)
    open(f"{work}/changes", "wb").close()
    os.remove(f"{work}/changes")
    subprocess.run(["mkfs.ext4", "-q", f"{work}/base", f"{MEGABYTES}M"], check=True)
    with mounted(f"{work}/base", job.at):
        os.rmdir(f"{job.at}/lost+found")
        subprocess.run(["cp", "-a", f"{job.start}/.", job.at], check=True)
    with disk(work, "-r") as image:
        with mounted(image, job.at):
            done = job.run()
            mark(image)
    if done.returncode != job.code:
        return sums.wrong(f"{job.name}: gives {done.returncode} on a sound disk: {done.stderr[-300:]!r}")
    files = ["-b", f"{work}/base", "-c", f"{work}/changes"]
    shown = subprocess.run(["outagefs", "show", *files], check=True, capture_output=True, text=True).stdout
    ended = int(re.search(rf"^ *(\d+) Write at {MEGABYTES << 20} with", shown, re.M)[1])
    cases = subprocess.run(["outagefs", "gen-tests", "-m", "5", *files], check=True, capture_output=True, text=True).stdout.split()
    if MOST and len(cases) > 2 * MOST:
        cases = random.Random(1).sample(cases, 2 * MOST)
    after_end = 0
    for case in cases:
        where = f"{job.name}: power cut {case}"
        with disk(work, "-f", case) as image:
            try:
                with mounted(image, job.at):
                    sums.fault("power")
                    # The mark was written, so the program had ended.
                    start, bits = case.split(":")
                    if int(start) > ended or bits[ended - int(start):][:1] == "1":
                        after_end += 1
                        if wrong := [path for path in differing(job.after, tree(job.at)) if path in job.after or not LEFT.search(path)]:
                            sums.wrong(f"{where}: it had ended well, and what it made is not on the disk: {wrong[:3]}")
                    for wrong in [*job.after_fault(), *job.after_rerun()]:
                        sums.wrong(f"{where}: {wrong}")
            except subprocess.CalledProcessError as error:
                sums.wrong(f"{where}: {error}")
    print(f"{job.name}: {len(cases)} power cuts, {after_end} of them after its end; {shown.count(chr(10))} writes and syncs", flush=True)
