//! How much archives (ZIP, gzip) and other containers may hold and cost.

/// The limits of one run, for all its containers together where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerLimits {
    /// Members that are read.
    pub members: u64,
    /// Bytes that come out.
    pub bytes: u64,
    /// How many times larger than packed one member may be.
    pub ratio: u64,
    /// Containers in containers.
    pub nesting: u32,
}

impl Default for ContainerLimits {
    fn default() -> Self {
        Self { members: 100_000, bytes: 50 * 1024 * 1024 * 1024, ratio: 200, nesting: 3 }
    }
}
