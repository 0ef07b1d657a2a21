-- The catalog: working state, rebuilt from the bags if it is lost. Keys are integers, digests 32-byte blobs, times Unix
-- seconds. The format's version is `PRAGMA user_version`.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per run. `clock` is the run's only clock value; an unfinished run is resumed with it.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    clock INTEGER NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    evidence INTEGER,          -- number added by the run, once it is finished
    media INTEGER
);

-- Inputs that were read: files by absolute path, members by `<path>!/<member>`. An input of the same size and modification
-- time is not read again.
CREATE TABLE input (
    path TEXT PRIMARY KEY,
    locator TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    source TEXT,               -- NULL: not recognised
    version INTEGER NOT NULL,
    run INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    locator TEXT NOT NULL,
    template TEXT NOT NULL,
    mime TEXT NOT NULL,
    time INTEGER,
    fetch TEXT,
    blanked INTEGER NOT NULL DEFAULT 0,   -- number of blanked spans
    shelf TEXT,                           -- NULL: in a pack; else `billing` or `documents`
    place TEXT NOT NULL,                  -- path inside private/data
    run INTEGER NOT NULL
);

-- An entity: an article, an album, an account. Its ids are in `alias`.
CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    dirty INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX entity_dirty ON entity (kind, id) WHERE dirty = 1;

CREATE TABLE alias (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    entity INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX alias_entity ON alias (entity);

-- Articles that declare this number as their comment id. The number is also an alias while only one article declares it.
CREATE TABLE comment_number (
    name TEXT NOT NULL,
    entity INTEGER NOT NULL,
    PRIMARY KEY (name, entity)
) WITHOUT ROWID;
CREATE INDEX comment_number_entity ON comment_number (entity);

CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    evidence INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    as_of INTEGER,
    account TEXT,
    fields TEXT NOT NULL,
    body BLOB,                 -- zstd of the JSON of model::Body
    UNIQUE (evidence, ordinal)
);
CREATE INDEX observation_entity ON observation (entity);

-- Saved media files, and below the media keys they belong to.
CREATE TABLE blob (
    digest BLOB PRIMARY KEY,
    bytes INTEGER NOT NULL,
    extension TEXT NOT NULL,
    mime TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    run INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE media_held (
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (key, digest, origin)
) WITHOUT ROWID;
CREATE INDEX media_held_digest ON media_held (digest);

-- Media used by each entity, as of the last fold.
CREATE TABLE media_use (
    entity INTEGER NOT NULL,
    key TEXT NOT NULL,
    role TEXT NOT NULL,
    urls TEXT NOT NULL,        -- JSON array, best address first
    class TEXT NOT NULL,
    width INTEGER,             -- as declared
    height INTEGER,
    bytes INTEGER,
    PRIMARY KEY (entity, key, role)
) WITHOUT ROWID;
CREATE INDEX media_use_class ON media_use (key, class);

-- Posts as of the last fold: the columns that lists, tables, gaps and the crawler need without folding again.
CREATE TABLE post (
    entity INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,        -- article, note, video
    id TEXT NOT NULL,
    place TEXT,                -- an article's folder, fixed at its first commit; another post's record inside data/
    class TEXT NOT NULL,
    own INTEGER NOT NULL,
    held INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    form TEXT NOT NULL,
    title TEXT,
    published INTEGER,
    url TEXT,
    account TEXT,
    item_show_type INTEGER,
    video TEXT,                -- JSON of the video's source, while the video is to be fetched
    gap TEXT                   -- JSON of model::Gap if the post is not saved
);
CREATE INDEX post_id ON post (id);
CREATE INDEX post_place ON post (lower(place));

-- Videos and recordings that were saved as single files.
CREATE TABLE saved_file (
    digest BLOB PRIMARY KEY,
    file TEXT NOT NULL,        -- JSON of model::SavedFile
    post TEXT,                -- id of the matching post, as of the last fold
    matched TEXT,              -- how it was matched
    run INTEGER NOT NULL
) WITHOUT ROWID;

-- Gaps reported by inputs and the crawler. One per subject: a later reason replaces an earlier one.
CREATE TABLE gap_seen (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    gap TEXT NOT NULL,
    origin TEXT NOT NULL,      -- path of the input that reported it: deleted once that input is read without error
    run INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX gap_seen_origin ON gap_seen (origin);

CREATE TABLE problem (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,        -- of the input
    problem TEXT NOT NULL,
    run INTEGER NOT NULL
);
CREATE INDEX problem_path ON problem (path);

CREATE TABLE statement (
    evidence INTEGER PRIMARY KEY,
    statement TEXT NOT NULL
);

-- Private tables (model::dataset) and the rows that evidence gives for them, merged by key when the table is written.
CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    part TEXT NOT NULL,                   -- table of the dataset
    dirty INTEGER NOT NULL DEFAULT 1,
    UNIQUE (name, part)
);

CREATE TABLE data_row (
    dataset INTEGER NOT NULL,
    key TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    as_of INTEGER,
    parent TEXT,               -- key of the row it belongs to
    article TEXT,              -- an alias of the article it belongs to
    fields TEXT NOT NULL,
    PRIMARY KEY (dataset, key, evidence, ordinal)
) WITHOUT ROWID;
CREATE INDEX data_row_evidence ON data_row (evidence);

-- Row counts declared by the platform.
CREATE TABLE data_total (
    dataset INTEGER NOT NULL,
    parent TEXT NOT NULL,      -- '': of no row
    article TEXT NOT NULL,     -- '': of no article
    evidence INTEGER NOT NULL,
    total INTEGER NOT NULL,
    as_of INTEGER,
    PRIMARY KEY (dataset, parent, article, evidence)
) WITHOUT ROWID;

-- Payload files of the bags according to their manifests, for quick comparison.
CREATE TABLE payload (
    bag TEXT NOT NULL,
    path TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (bag, path)
) WITHOUT ROWID;
