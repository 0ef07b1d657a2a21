//! Limits the content and cost of archives (ZIP, gzip) and other containers.

/// Limits of one run, shared by all its containers unless stated otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerLimits {
    /// Members read.
    pub members: u64,
    /// Bytes after decompression.
    pub bytes: u64,
    /// Decompression ratio of one member.
    pub ratio: u64,
    /// Nesting depth of containers.
    pub nesting: u32,
}

impl Default for ContainerLimits {
    fn default() -> Self {
        Self { members: 100_000, bytes: 50 * 1024 * 1024 * 1024, ratio: 200, nesting: 3 }
    }
}
