//! stub
use crate::error::Result;
use crate::store::segment::EvidenceRow;
/// x
pub struct IndexWriter(Vec<u8>);
impl IndexWriter {
    /// x
    pub fn new() -> Result<Self> {
        Ok(Self(Vec::new()))
    }
    /// x
    pub fn row(&mut self, row: &EvidenceRow) -> Result<()> {
        self.0.extend(format!("{},{},{}\n", row.digest.hex(), row.place, row.locator).bytes());
        Ok(())
    }
    /// x
    pub fn finish(self) -> Result<Vec<u8>> {
        Ok(self.0)
    }
}
