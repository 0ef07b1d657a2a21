//! The words of the rule file that are codes.

use super::super::coded::coded;

coded! {
    /// What an open rule does to the verdict.
    Severity, "rule-severity-unknown" {
        /// Unmet or unknown: not ready.
        Blocker = "blocker",
        /// Unmet or unknown: ready with warnings.
        Warning = "warning",
        /// Shown, never changes the verdict.
        Info = "info",
    }
}

coded! {
    /// How far a rule's sources carry.
    Confidence, "rule-confidence-unknown" {
        /// A page of the platform itself.
        Official = "official",
        /// The text of a law.
        Law = "law",
        /// A copy of an official notice.
        Repost = "repost",
        /// One article only.
        Guide = "guide",
        /// Sources contradict each other.
        Disputed = "disputed",
        /// Our own requirement.
        Tool = "tool",
    }
}

coded! {
    /// When a rule is looked at.
    Phase, "rule-phase-unknown" {
        /// Before submitting.
        Before = "before",
        /// Between submitting and the end.
        During = "during",
        /// After the end.
        After = "after",
    }
}

coded! {
    /// What a window is.
    WindowKind, "rule-window-kind-unknown" {
        /// Not before its end.
        Wait = "wait",
        /// Not after its end.
        Deadline = "deadline",
        /// Shown only.
        Info = "info",
    }
}

coded! {
    /// What a window counts in.
    Unit, "rule-unit-unknown" {
        /// Calendar days.
        Day = "day",
        /// Working days; no holidays are shipped.
        Workday = "workday",
        /// Hours.
        Hour = "hour",
        /// Years.
        Year = "year",
        /// Months (series only).
        Month = "month",
    }
}

coded! {
    /// What happens at the end of a window if the owner does nothing.
    OnExpiry, "rule-expiry-unknown" {
        /// The administrator is asked to confirm.
        AskAdmin = "ask_admin",
        /// It can be had from then on.
        Available = "available",
        /// The closing is cancelled.
        Cancelled = "cancelled",
        /// The platform has cleared its data.
        Cleared = "cleared",
        /// The account is deleted.
        Deleted = "deleted",
        /// The next step may be taken.
        Eligible = "eligible",
        /// Nothing.
        None = "none",
        /// The originality mark goes.
        OriginalMarkRemoved = "original_mark_removed",
        /// The registration fails.
        RegistrationFailed = "registration_failed",
        /// The name, number or papers are free again.
        Released = "released",
        /// The step must be begun anew.
        Restart = "restart",
        /// Sending to all is frozen.
        SendFrozen = "send_frozen",
        /// It can no longer be had.
        Unavailable = "unavailable",
    }
}

coded! {
    /// What a source is.
    SourceKind, "rule-source-kind-unknown" {
        /// One of the articles.
        Guide = "guide",
        /// A page of the platform.
        Official = "official",
        /// An answer in the platform's forum.
        OfficialForum = "official-forum",
        /// A law.
        Law = "law",
        /// A copy of an official notice.
        Repost = "repost",
        /// Another page.
        Web = "web",
        /// Ourselves.
        Tool = "tool",
    }
}

coded! {
    /// What a source has to do with a rule.
    Stance, "rule-stance-unknown" {
        /// It says so.
        Supports = "supports",
        /// It says the contrary.
        Contradicts = "contradicts",
        /// It says something else.
        Differs = "differs",
        /// It alone says so.
        Claims = "claims",
        /// Others say otherwise.
        Disputed = "disputed",
        /// It tells of trouble.
        Warns = "warns",
        /// It gives the order of steps.
        Order = "order",
    }
}
