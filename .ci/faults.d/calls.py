"""A kill, an error or half a write at one call after another that changes a file, over every job (see at.c)."""

import os, platform, shutil, subprocess

from job import MOST, ROOT, Work, jobs

ERRORS = {"ENOSPC": "28", "ENOSPC from there on": "28+", "EIO": "5", "EIO from there on": "5+", "EROFS from there on": "30+",
          "EACCES": "13", "EDQUOT": "122", "half a write": "short", "half of each write from there on": "short+", "EINTR": "4"}
# What a program has to bear: nothing is lost by it.
BORNE = ["short", "short+", "4"]


def striker(work):
    """Compiles at.c; returns a function that runs a job with a fault at one call and returns what was struck."""
    at = f"{work}/faults-at"
    subprocess.run(["cc", "-O2", "-o", at, f"{ROOT}/.ci/faults.d/at.c"], check=True)

    def strike(job, number, action):
        done = job.run(at, f"{work}/note", str(number), action)
        struck, count = open(f"{work}/note").read().rstrip("\n").rsplit("\n", 1)
        strike.done, strike.struck = done, struck.split(" ")[0]
        return int(count)

    return strike


def missing():
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "calls: only on Linux on x86-64"
    return None if shutil.which("cc") else "calls: needs cc"


def kills(liudi, sums):
    each(liudi, sums, "kills", {"kill": "kill"})


def errors(liudi, sums):
    each(liudi, sums, "call-errors", ERRORS)


def each(liudi, sums, part, actions):
    if why := missing():
        return sums.pass_over(why)
    with Work() as work:
        strike = striker(work)
        for job in jobs(liudi, work, strike):
            job.reset()
            count = strike(job, 0, "kill")
            step = max(1, count // MOST) if MOST else 1
            for name, action in actions.items():
                runs = 0
                for at in range(1, count + 1, step):
                    job.reset()
                    seen = strike(job, at, action)
                    # Threads take turns, so the last calls may not come this time.
                    if seen < at:
                        continue
                    runs += 1
                    sums.fault(part)
                    done, where = strike.done, f"{job.name}: {name} at call {at} of {count}, {strike.struck}"
                    if action != "kill":
                        sums.ended(where, done)
                    if action != "kill" and done.returncode and not done.stderr and not done.stdout:
                        sums.wrong(f"{where}: status {done.returncode} without a word")
                    if action in BORNE and done.returncode != job.code:
                        sums.wrong(f"{where}: status {done.returncode}, {done.stderr[-300:]!r}")
                    if action != "kill" and done.returncode == job.code and (wrong := job.lost()):
                        sums.wrong(f"{where}: status {done.returncode} and {len(wrong)} files are lost or wrong: {wrong[:3]}")
                    for wrong in [*job.after_fault(), *job.after_rerun(strict=action in ["kill", *BORNE])]:
                        sums.wrong(f"{where}: {wrong}")
                print(f"{job.name}: {name} at {runs} of {count} calls", flush=True)
