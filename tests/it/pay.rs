//! 微信支付 API v3: signatures by the documents' vectors and by keys made here.

mod signatures;
