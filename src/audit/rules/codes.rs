//! Defines the codes used in the rule file.

use super::super::coded::coded;

coded! {
    /// The effect of an open rule on the verdict.
    Severity, "rule-severity-unknown" {
        /// Makes the verdict not ready.
        Blocker = "blocker",
        /// Makes the verdict ready with warnings.
        Warning = "warning",
        /// Shown; never changes the verdict.
        Info = "info",
    }
}

coded! {
    /// The confidence in a rule's sources.
    Confidence, "rule-confidence-unknown" {
        /// Page of the platform itself.
        Official = "official",
        /// Text of a law.
        Law = "law",
        /// Copy of an official notice.
        Repost = "repost",
        /// A single article.
        Guide = "guide",
        /// Contradicting sources.
        Disputed = "disputed",
        /// Our own requirement.
        Tool = "tool",
    }
}

coded! {
    /// The phase in which a rule is checked.
    Phase, "rule-phase-unknown" {
        /// Before submitting.
        Before = "before",
        /// Between submitting and closing.
        During = "during",
        /// After closing.
        After = "after",
    }
}

coded! {
    /// The kind of a window.
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
    /// The unit of a window's length.
    Unit, "rule-unit-unknown" {
        /// Calendar days.
        Day = "day",
        /// Working days; no table of holidays is shipped.
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
    /// The effect of a window's end if the owner does nothing.
    OnExpiry, "rule-expiry-unknown" {
        /// The administrator is asked to confirm.
        AskAdmin = "ask_admin",
        /// The data becomes available.
        Available = "available",
        /// The closing is cancelled.
        Cancelled = "cancelled",
        /// The platform has cleared its data.
        Cleared = "cleared",
        /// The account is deleted.
        Deleted = "deleted",
        /// The next step becomes possible.
        Eligible = "eligible",
        /// No effect.
        None = "none",
        /// The originality mark is removed.
        OriginalMarkRemoved = "original_mark_removed",
        /// The registration fails.
        RegistrationFailed = "registration_failed",
        /// The name, number or papers are available again.
        Released = "released",
        /// The step must be restarted.
        Restart = "restart",
        /// Mass sending is frozen.
        SendFrozen = "send_frozen",
        /// The data becomes unavailable.
        Unavailable = "unavailable",
    }
}

coded! {
    /// The kind of a source.
    SourceKind, "rule-source-kind-unknown" {
        /// One of the articles.
        Guide = "guide",
        /// Page of the platform.
        Official = "official",
        /// Answer in the platform's forum.
        OfficialForum = "official-forum",
        /// Law.
        Law = "law",
        /// Copy of an official notice.
        Repost = "repost",
        /// Other web page.
        Web = "web",
        /// This tool.
        Tool = "tool",
    }
}

coded! {
    /// The stance of a source towards a rule.
    Stance, "rule-stance-unknown" {
        /// Supports it.
        Supports = "supports",
        /// Contradicts it.
        Contradicts = "contradicts",
        /// Says something different.
        Differs = "differs",
        /// Is the only one to claim it.
        Claims = "claims",
        /// Is disputed by others.
        Disputed = "disputed",
        /// Warns of trouble.
        Warns = "warns",
        /// Gives the order of steps.
        Order = "order",
    }
}
