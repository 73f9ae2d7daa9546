//! A modal dialog: drawn first, then shown, so that its first field gets the focus; closed by its
//! button, Escape or what it does, and the focus goes back to where it came from.

use leptos::html;

use crate::components::field_error::FieldError;
use crate::icons::Icon;
use crate::live::Live;
use crate::prelude::*;
use crate::store::store;
use crate::views::{attribute, drawn, follow, on, property};

/// Closes the dialog around a component.
#[derive(Clone, Copy)]
pub(crate) struct Closing(NodeRef<html::Dialog>);

impl Closing {
    /// Nothing where it is gone already, with the channel that it was about.
    pub(crate) fn close(self) {
        if let Some(dialog) = self.0.try_get_untracked().flatten() {
            dialog.close();
        }
    }
}

#[component]
pub fn Modal(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    /// For what cannot be undone or must be read.
    #[prop(optional)]
    alert: bool,
    /// Runs once it is closed, however.
    #[prop(into)]
    closed: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    provide_context(Closing(dialog));
    follow(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let close_label = store().wording().common.close;
    let described_by = lead.is_some().then_some("dialog-lead");
    view! {
        <dialog
            class="dialog"
            role=if alert { "alertdialog" } else { "dialog" }
            aria-labelledby="dialog-title"
            aria-describedby=described_by
            node_ref=dialog
            on:close=on(move |_| closed.run(()))
        >
            <div class="dialog__head">
                <h2 class="dialog__title" id="dialog-title">
                    {title}
                </h2>
                <button
                    class="icon-button icon-button--small"
                    r#type="button"
                    aria-label=close_label
                    on:click=on(move |_| Closing(dialog).close())
                >
                    <Icon name="close"/>
                </button>
            </div>
            {lead.map(|lead| view! {
                <p class="dialog__lead" id="dialog-lead">
                    {lead}
                </p>
            })}
            {children()}
        </dialog>
    }
}

/// One field of a dialog, with the reason why it was refused beside it.
#[component]
pub fn Field(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional)] hint: Option<&'static str>,
    value: Live<String>,
    error: Live<Option<String>>,
    /// Characters at most, counted beside it.
    #[prop(optional)]
    characters_max: Option<usize>,
    #[prop(optional)] autofocus: bool,
    #[prop(default = "hash")] icon: &'static str,
) -> impl IntoView {
    let optional_label = store().wording().common.optional;
    let count =
        move |max: usize| format!("{} / {max}", value.with(|text| text.trim().chars().count()));
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {optional.then(|| view! { " " <span class="field__optional">{optional_label}</span> })}
            </label>
            <div class="field__box">
                <Icon name=icon/>
                <input
                    class="field__input"
                    id=id
                    r#type="text"
                    dir="auto"
                    autocomplete="off"
                    autofocus=autofocus
                    aria-describedby=format!("{id}-error {id}-hint")
                    aria-invalid=attribute(move || error.with(Option::is_some).then_some("true"))
                    prop:value=property(move || value.get())
                    on:input=on(move |event: web_sys::Event| {
                        value.set(event_target_value(&event));
                        error.set(None);
                    })
                />
            </div>
            <FieldError id=format!("{id}-error") error/>
            <div class="field__foot">
                <p class="field__hint" id=format!("{id}-hint")>
                    {hint}
                </p>
                {characters_max.map(|max| view! {
                    <span class="field__count" aria-hidden="true">
                        {drawn(move || count(max))}
                    </span>
                })}
            </div>
        </div>
    }
}

/// Something that is so once its box is checked.
#[component]
pub fn Switch(label: &'static str, hint: &'static str, checked: Live<bool>) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="choice__input"
                r#type="checkbox"
                prop:checked=property(move || checked.get())
                on:change=on(move |_: web_sys::Event| checked.update(|checked| *checked = !*checked))
            />
            <span class="choice__label">{label}</span>
            <span class="choice__hint">{hint}</span>
        </label>
    }
}

/// The way out of a dialog that only tells, after what else it offers.
#[component]
pub fn Done(other: AnyView) -> impl IntoView {
    let closing = expect_context::<Closing>();
    view! {
        <div class="dialog__foot">
            {other}
            <button
                class="button button--primary"
                r#type="button"
                autofocus
                on:click=on(move |_| closing.close())
            >
                {store().wording().common.close}
            </button>
        </div>
    }
}

/// The two ways out of a dialog.
#[component]
pub fn Foot(
    stay: &'static str,
    submit: &'static str,
    submitting: &'static str,
    #[prop(optional)] danger: bool,
    busy: Live<bool>,
) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let class = if danger { "button button--danger" } else { "button button--primary" };
    view! {
        <div class="dialog__foot">
            <button class="button" r#type="button" on:click=on(move |_| closing.close())>
                {stay}
            </button>
            <button
                class=class
                r#type="submit"
                aria-disabled=attribute(move || busy.get().then_some("true"))
            >
                {drawn(move || if busy.get() { submitting } else { submit })}
            </button>
        </div>
    }
}
