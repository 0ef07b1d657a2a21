-- What graphile_worker forgets of a job, and the only judge of who may run it. graphile_worker's own tables are in the
-- schema liudi_graphile; they only say which job is next. Each function is one transaction over both, so that they agree.
-- All times are the server's: clock_timestamp(), read once in each function.
CREATE SCHEMA IF NOT EXISTS liudi_fleet;

CREATE TABLE IF NOT EXISTS liudi_fleet.job (
    key text PRIMARY KEY,
    account text NOT NULL,
    lane text NOT NULL,
    phase integer NOT NULL,               -- place of the phase: smaller is more urgent
    round bigint NOT NULL,
    state text NOT NULL,
    due timestamptz NOT NULL,
    lost boolean NOT NULL DEFAULT false,  -- its worker was: comes before everything else
    attempts integer NOT NULL DEFAULT 0,
    waited_until bigint,                  -- Unix seconds of the worker
    note text,                            -- JSON
    problem text                          -- JSON
);
CREATE INDEX IF NOT EXISTS job_due ON liudi_fleet.job (due) WHERE state IN ('ready', 'waiting', 'retrying');
CREATE INDEX IF NOT EXISTS job_account ON liudi_fleet.job (account);

CREATE TABLE IF NOT EXISTS liudi_fleet.lane (
    name text PRIMARY KEY,
    epoch bigint NOT NULL,                -- the time of the claim, or one more than the last: a new database has no lower ones
    worker text,                          -- NULL if nobody works
    holder text,                          -- the graphile_worker worker that took the job
    job text,                             -- key of what is worked on
    lease_until timestamptz
);
CREATE INDEX IF NOT EXISTS lane_lease ON liudi_fleet.lane (lease_until) WHERE worker IS NOT NULL;

CREATE TABLE IF NOT EXISTS liudi_fleet.budget (
    name text PRIMARY KEY,
    free_at timestamptz NOT NULL
);

-- Lets graphile_worker hand out those of the jobs that can run, not before a moment.
CREATE OR REPLACE FUNCTION liudi_fleet.dispatch(keys text[], not_before timestamptz DEFAULT '-infinity') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    specs liudi_graphile.job_spec[];
BEGIN
    -- A microsecond apart: jobs of one phase that are due at once run in the order of their keys.
    SELECT array_agg(ROW(
        'liudi_fleet',
        json_build_object('key', job.key),
        CASE WHEN length(job.lane) <= 128 THEN job.lane ELSE md5(job.lane) END,
        greatest(job.due, not_before) + job.place * interval '1 microsecond',
        32767,
        job.key,
        CASE WHEN job.lost THEN -1 ELSE job.phase END,
        NULL
    )::liudi_graphile.job_spec ORDER BY job.key)
    INTO specs
    FROM (
        SELECT *, row_number() OVER (ORDER BY key) - 1 AS place
        FROM liudi_fleet.job WHERE key = ANY (keys) AND state IN ('ready', 'waiting', 'retrying')
    ) AS job;
    IF specs IS NOT NULL THEN
        PERFORM liudi_graphile.add_jobs(specs);
    END IF;
END $$;

-- Takes a job away from graphile_worker. A row of its table is never used for two claims: the worker that took it deletes
-- it by number when it is done, however late that is.
CREATE OR REPLACE FUNCTION liudi_fleet.recall(holder text, key text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF holder IS NOT NULL THEN
        PERFORM liudi_graphile.force_unlock_workers(ARRAY[holder]);
    END IF;
    PERFORM liudi_graphile.remove_job(key);
END $$;

-- Keeps functions that change many jobs apart, which would lock them in different orders.
CREATE OR REPLACE FUNCTION liudi_fleet.alone() RETURNS void
LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(1818846561, 1) $$;

CREATE OR REPLACE FUNCTION liudi_fleet.enqueue(
    keys text[], accounts text[], lanes text[], phases integer[], this_round bigint, again boolean
) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    moved text[];
    added text[];
BEGIN
    PERFORM liudi_fleet.alone();
    moment := clock_timestamp();
    -- Credentials may have come to be shared. What runs keeps the lane that it holds, with all of its account.
    WITH changed AS (
        UPDATE liudi_fleet.job SET lane = new.lane
        FROM unnest(keys, lanes) AS new (key, lane)
        WHERE job.key = new.key AND job.lane <> new.lane AND NOT EXISTS (
            SELECT 1 FROM liudi_fleet.job AS other WHERE other.account = job.account AND other.state = 'running'
        )
        RETURNING job.key
    ) SELECT array_agg(key) INTO moved FROM changed;
    WITH ready AS (
        INSERT INTO liudi_fleet.job AS job (key, account, lane, phase, round, state, due)
        SELECT new.key, new.account, new.lane, new.phase, this_round, 'ready', moment
        FROM unnest(keys, accounts, lanes, phases) AS new (key, account, lane, phase) ORDER BY new.key
        ON CONFLICT (key) DO UPDATE SET state = excluded.state, due = excluded.due, attempts = 0, lost = false,
            round = greatest(job.round, excluded.round), waited_until = NULL
        WHERE job.state IN ('done', 'given-up') AND (job.round < excluded.round OR again)
        RETURNING job.key
    ) SELECT array_agg(key) INTO added FROM ready;
    PERFORM liudi_fleet.dispatch(array_cat(moved, added));
    RETURN coalesce(array_length(added, 1), 0);
END $$;

-- Frees the lane whose lease ended first, if there is one, for whoever asks. Reports whether a job can run now.
CREATE OR REPLACE FUNCTION liudi_fleet.look(most_tries integer, worker_lost text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    stale record;
    tries integer;
BEGIN
    LOOP
        SELECT * INTO stale FROM liudi_fleet.lane WHERE worker IS NOT NULL AND lease_until <= moment
        ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        UPDATE liudi_fleet.lane SET worker = NULL, holder = NULL, job = NULL, lease_until = NULL WHERE name = stale.name;
        SELECT attempts INTO tries FROM liudi_fleet.job WHERE key = stale.job FOR UPDATE;
        PERFORM liudi_fleet.recall(stale.holder, stale.job);
        IF tries >= most_tries THEN
            -- Whoever tried it last never came back: it may be what ends them.
            UPDATE liudi_fleet.job SET state = 'given-up', problem = worker_lost WHERE key = stale.job;
            CONTINUE;
        END IF;
        UPDATE liudi_fleet.job SET state = 'ready', due = moment, lost = true WHERE key = stale.job;
        PERFORM liudi_fleet.dispatch(ARRAY[stale.job]);
        RETURN true;
    END LOOP;
    RETURN EXISTS (
        SELECT 1 FROM liudi_fleet.job WHERE state IN ('ready', 'waiting', 'retrying') AND due <= moment
        AND NOT EXISTS (SELECT 1 FROM liudi_fleet.lane WHERE lane.name = job.lane AND lane.worker IS NOT NULL)
    );
END $$;

-- Gives a job that graphile_worker handed out back to it.
CREATE OR REPLACE FUNCTION liudi_fleet.hand_back(this_holder text, this_key text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM liudi_fleet.recall(this_holder, this_key);
    PERFORM liudi_fleet.dispatch(ARRAY[this_key]);
END $$;

-- Leases a job that graphile_worker handed out; without rows if it may not run now.
CREATE OR REPLACE FUNCTION liudi_fleet.lease(
    this_key text, this_holder text, this_worker text, lease_for bigint,
    OUT account text, OUT lane text, OUT phase integer, OUT attempt integer, OUT waited_until bigint, OUT epoch bigint
) RETURNS SETOF record
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz := clock_timestamp();
    mine liudi_fleet.job%ROWTYPE;
    turn bigint;
BEGIN
    SELECT * INTO mine FROM liudi_fleet.job WHERE key = this_key;
    IF mine.state IN ('ready', 'waiting', 'retrying') AND mine.due <= moment THEN
        INSERT INTO liudi_fleet.lane AS held (name, epoch, worker, holder, job, lease_until)
        VALUES (mine.lane, (extract(epoch FROM moment) * 1000)::bigint, this_worker, this_holder, this_key,
            moment + lease_for * interval '1 millisecond')
        ON CONFLICT (name) DO UPDATE SET epoch = greatest(held.epoch + 1, excluded.epoch), worker = excluded.worker, holder = excluded.holder,
            job = excluded.job, lease_until = excluded.lease_until
        WHERE held.worker IS NULL
        RETURNING held.epoch INTO turn;
        IF FOUND THEN
            UPDATE liudi_fleet.job AS job SET state = 'running', attempts = job.attempts + 1, lost = false
            WHERE job.key = this_key AND job.lane = mine.lane AND job.state IN ('ready', 'waiting', 'retrying')
            RETURNING * INTO mine;
            IF FOUND THEN
                RETURN QUERY SELECT mine.account, mine.lane, mine.phase, mine.attempts, mine.waited_until, turn;
                RETURN;
            END IF;
            UPDATE liudi_fleet.lane AS held SET worker = NULL, holder = NULL, job = NULL, lease_until = NULL
            WHERE held.epoch = turn AND held.holder = this_holder AND held.job = this_key;
        END IF;
    END IF;
    PERFORM liudi_fleet.recall(this_holder, this_key);
    -- A little later, or it would be what is handed out again and again while others wait.
    PERFORM liudi_fleet.dispatch(ARRAY[this_key], moment + interval '1 second');
END $$;

CREATE OR REPLACE FUNCTION liudi_fleet.settle(
    this_lane text, this_epoch bigint, this_key text, ended text, rest bigint, until bigint, brought text, why text
) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    later timestamptz := moment + rest * interval '1 millisecond';
    was_of text;
BEGIN
    SELECT holder INTO was_of FROM liudi_fleet.lane
    WHERE name = this_lane AND epoch = this_epoch AND job = this_key FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE liudi_fleet.lane SET worker = NULL, holder = NULL, job = NULL, lease_until = NULL WHERE name = this_lane;
    IF ended = 'done' THEN
        UPDATE liudi_fleet.job SET state = ended, note = brought, problem = NULL, attempts = 0, waited_until = NULL
        WHERE key = this_key;
    ELSIF ended = 'waiting' THEN
        UPDATE liudi_fleet.job SET state = ended, due = later, waited_until = until, note = brought, problem = NULL,
            attempts = 0
        WHERE key = this_key;
    ELSIF ended = 'retrying' THEN
        UPDATE liudi_fleet.job SET state = ended, due = later, problem = why WHERE key = this_key;
    ELSIF ended = 'given-up' THEN
        UPDATE liudi_fleet.job SET state = ended, problem = why WHERE key = this_key;
    ELSE
        UPDATE liudi_fleet.job SET state = 'ready', due = moment, attempts = attempts - 1 WHERE key = this_key;
    END IF;
    PERFORM liudi_fleet.recall(was_of, this_key);
    PERFORM liudi_fleet.dispatch(ARRAY[this_key]);
    RETURN true;
END $$;

-- Makes up to `most` jobs ready that failed.
CREATE OR REPLACE FUNCTION liudi_fleet.retry(this_account text, most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    again text[];
BEGIN
    PERFORM liudi_fleet.alone();
    moment := clock_timestamp();
    WITH ready AS (
        UPDATE liudi_fleet.job SET state = 'ready', due = moment, attempts = 0 WHERE key IN (
            SELECT key FROM liudi_fleet.job
            WHERE state IN ('given-up', 'retrying') AND (this_account IS NULL OR account = this_account)
            ORDER BY key LIMIT most
        ) RETURNING key
    ) SELECT array_agg(key) INTO again FROM ready;
    PERFORM liudi_fleet.dispatch(again);
    RETURN coalesce(array_length(again, 1), 0);
END $$;

CREATE OR REPLACE FUNCTION liudi_fleet.forget_others(accounts text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    forgotten text[];
BEGIN
    PERFORM liudi_fleet.alone();
    WITH gone AS (
        DELETE FROM liudi_fleet.job WHERE state <> 'running' AND account <> ALL (accounts) RETURNING key
    ) SELECT array_agg(key) INTO forgotten FROM gone;
    PERFORM liudi_graphile.remove_job(key) FROM unnest(forgotten) AS gone (key);
    RETURN coalesce(array_length(forgotten, 1), 0);
END $$;

-- Dispatches up to `most` jobs that graphile_worker does not know, or would hand out too late, and deletes what is left of
-- jobs that it was asked for again while it handed them out. Returns the number of the former.
CREATE OR REPLACE FUNCTION liudi_fleet.reconcile(most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    missing text[];
BEGIN
    PERFORM liudi_fleet.alone();
    SELECT array_agg(key) INTO missing FROM (
        SELECT job.key FROM liudi_fleet.job WHERE job.state IN ('ready', 'waiting', 'retrying') AND NOT EXISTS (
            SELECT 1 FROM liudi_graphile.jobs AS known
            WHERE known.key = job.key AND known.attempts < known.max_attempts AND (
                known.locked_at IS NOT NULL
                OR known.run_at <= greatest(job.due, clock_timestamp()) + interval '2 seconds'
            )
        ) ORDER BY job.key LIMIT most
    ) AS lacking;
    PERFORM liudi_fleet.dispatch(missing);
    PERFORM liudi_graphile.complete_jobs(ARRAY(
        SELECT id FROM liudi_graphile.jobs
        WHERE task_identifier = 'liudi_fleet' AND key IS NULL AND locked_at IS NULL
    ));
    RETURN coalesce(array_length(missing, 1), 0);
END $$;
