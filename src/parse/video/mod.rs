//! Video files: how long they run, and how the encrypted beginning of a 视频号 video is opened.

pub mod isaac64;
pub mod mp4;
