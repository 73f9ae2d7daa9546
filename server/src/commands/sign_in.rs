use chat::UserSid;

use crate::commands::{Moment, Outcome};
use crate::store::{NewSession, SignedIn, Tx};

pub fn sign_in(
    tx: &mut dyn Tx,
    user: UserSid,
    session: &NewSession,
    m: &Moment,
) -> Outcome<SignedIn> {
    let _ = (tx, user, session, m);
    unimplemented!()
}
