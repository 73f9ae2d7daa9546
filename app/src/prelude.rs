//! What every view uses: Leptos's own names, but one type for the attributes of all elements.
//! Leptos has a type for each name, and each type is a copy of the machinery around it in the page.

pub(crate) use leptos::prelude::*;

use leptos::attr::AttributeValue;
use leptos::attr::custom::{CustomAttr, custom_attribute};

type With<T, V> = <T as AddAnyAttr>::Output<CustomAttr<&'static str, V>>;

macro_rules! attributes {
    ($family:ident: $($method:ident $name:literal),* $(,)?) => {
        pub(crate) trait $family: Sized + AddAnyAttr {
            $(
                fn $method<V: AttributeValue>(self, value: V) -> With<Self, V> {
                    self.add_any_attr(custom_attribute($name, value))
                }
            )*
        }

        impl<T: AddAnyAttr> $family for T {}
    };
}

// They stand in the place of Leptos's traits of the same names.
attributes!(ClassAttribute: class "class");
attributes!(GlobalAttributes:
    autofocus "autofocus",
    dir "dir",
    draggable "draggable",
    hidden "hidden",
    id "id",
    lang "lang",
    role "role",
    tabindex "tabindex",
    title "title",
);
attributes!(AriaAttributes:
    aria_busy "aria-busy",
    aria_checked "aria-checked",
    aria_controls "aria-controls",
    aria_current "aria-current",
    aria_describedby "aria-describedby",
    aria_disabled "aria-disabled",
    aria_expanded "aria-expanded",
    aria_haspopup "aria-haspopup",
    aria_hidden "aria-hidden",
    aria_invalid "aria-invalid",
    aria_label "aria-label",
    aria_labelledby "aria-labelledby",
    aria_pressed "aria-pressed",
);
