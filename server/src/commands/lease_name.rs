use crate::commands::{Moment, Outcome};
use crate::store::{ChosenName, NewSession, SignedIn, Tx};

pub fn lease_name(
    tx: &mut dyn Tx,
    name: &ChosenName,
    session: &NewSession,
    m: &Moment,
) -> Outcome<SignedIn> {
    let _ = (tx, name, session, m);
    unimplemented!()
}
