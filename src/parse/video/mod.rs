//! Reads video files: their duration and size, and the encrypted beginning of a 视频号 video.

pub mod isaac64;
pub mod mp4;
