"""File systems that are too small by a little or by much, in bytes and in files."""

import contextlib, os, shutil, subprocess

from calls import missing, striker
from job import MOST, Work, jobs, meanwhile

LARGE = "size=1g,nr_inodes=1000000"


@contextlib.contextmanager
def small(job, options=LARGE):
    """Puts what the job begins with on a file system that has no more room than this."""
    shutil.rmtree(job.at, ignore_errors=True)
    os.makedirs(job.at)
    subprocess.run(["mount", "-t", "tmpfs", "-o", LARGE, "tmpfs", job.at], check=True)
    try:
        subprocess.run(["cp", "-a", f"{job.start}/.", job.at], check=True)
        subprocess.run(["mount", "-o", f"remount,{options}", job.at], check=True)
        yield
    finally:
        subprocess.run(["umount", job.at], check=True)


def used(job):
    told = os.statvfs(job.at)
    return (told.f_blocks - told.f_bfree) * told.f_frsize, told.f_files - told.f_ffree


def sizes(liudi, sums):
    if os.geteuid():
        return sums.pass_over("space: needs root")
    if why := missing():
        return sums.pass_over(f"space, {why}")
    with Work() as work:
        for job in jobs(liudi, work, striker(work)):
            with small(job):
                # Also what is there for a while.
                before = after = used(job)

                def look():
                    nonlocal after
                    after = tuple(map(max, after, used(job)))

                with meanwhile(look):
                    job.run()
            step = max(1, 120 // MOST) if MOST else 1
            ended = {}
            for percent in range(1, 121, step):
                room = [was + (now - was) * percent // 100 for was, now in zip(before, after)]
                for kind, options in {"bytes": f"size={-(-room[0] // 1024)}k", "files": f"nr_inodes={room[1]}"}.items():
                    where = f"{job.name}: {percent} % of the {kind}"
                    with small(job, options):
                        done = job.run()
                        sums.fault("space")
                        sums.ended(where, done)
                        if done.returncode == job.code:
                            ended[kind] = min(percent, ended.get(kind, percent))
                            if wrong := job.lost():
                                sums.wrong(f"{where}: status {done.returncode} and {len(wrong)} files are lost or wrong: {wrong[:3]}")
                        elif not done.returncode & 1 or not done.stderr:
                            sums.wrong(f"{where}: status {done.returncode}, {done.stderr[-300:]!r}")
                        wrong = list(job.after_fault())
                        subprocess.run(["mount", "-o", f"remount,{LARGE}", job.at], check=True)
                        for line in wrong + list(job.after_rerun(strict=False)):
                            sums.wrong(f"{where}: {line}")
            print(f"{job.name}: from 1 to 120 %, step {step}; first done with {ended} % of {after[0] - before[0]} bytes and {after[1] - before[1]} files", flush=True)
