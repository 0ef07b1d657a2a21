//! Joins the columns: concurrency, durability barriers and cancellation live here and only here.
