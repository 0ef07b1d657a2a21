//! The views, in the order of the navigation.

pub(super) mod archive;
pub(super) mod bills;
pub(super) mod fleet;
pub(super) mod gaps;
pub(super) mod guide;
pub(super) mod inputs;
pub(super) mod keeping;
pub(super) mod progress;
pub(super) mod ready;
pub(super) mod site;

use super::view::View;

/// All views.
pub(super) const VIEWS: &[&dyn View] = &[
    &archive::Archive,
    &fleet::Fleet,
    &guide::Guide,
    &inputs::Inputs,
    &progress::Progress,
    &gaps::Gaps,
    &ready::Ready,
    &bills::Bills,
    &site::Site,
    &keeping::Keeping,
];

/// Returns the view with this name.
pub(super) fn find(slug: &str) -> Option<&'static dyn View> {
    VIEWS.iter().find(|view| view.info().slug == slug).copied()
}
