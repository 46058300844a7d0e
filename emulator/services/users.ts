// Users: sign-up, e-mail validation, profiles.
import { register, registeredUser, userByEmail, userObject } from "../accounts";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { flag, invalid, optionalText, parseEmail, readFields, required, text } from "../fields";

export function users(routes: Routes): void {
    routes.post("/user/", signUp, "anyone");
    routes.post("/user/email/", emailAvailable, "anyone");
    routes.post("/user/email/validate/", validateEmail, "unverified");
    routes.get("/user/details/", ownDetails, "unverified");
    routes.get("/user/me/details/", ownDetails, "unverified");
    routes.get("/user/:user_id/details/", otherDetails);
}

const signUpFields = {
    password: text({ min: 8, max: 128 }),
    first_name: optionalText({ max: 100 }),
    last_name: optionalText({ max: 100 }),
    tos_agree: flag(false),
    agent: flag(false),
};

function signUp(call: Call): Answer {
    const email = parseEmail(required(call.input, "email_address"), "email_address");
    required(call.input, "password");
    const fields = readFields(signUpFields, call.input);
    if (!fields.tos_agree) throw invalid("tos_agree", "must be true");
    if (userByEmail(call.backend, email)?.registered) {
        throw new ApiError("INPUT_DUPLICATE", "email_address: an account with this address exists already.");
    }
    const user = register(call.backend, {
        email,
        accountType: fields.agent ? "agent" : "human",
        firstName: fields.first_name ?? null,
        lastName: fields.last_name ?? null,
        password: fields.password ?? null,
        verified: false,
    });
    call.did("created", "user", user.id);
    return { user: userObject(call, user) };
}

function emailAvailable(call: Call): Answer {
    const email = parseEmail(required(call.input, "email"), "email");
    return { available: !userByEmail(call.backend, email)?.registered };
}

/** Without a token sends one, which the control plane's mail shows; with it, validates the address. */
function validateEmail(call: Call): Answer {
    const { user } = call;
    if (parseEmail(required(call.input, "email"), "email") !== user.email) {
        throw invalid("email", "is not the address of this account");
    }
    const token = call.input.email_token;
    if (token === undefined) {
        call.store.update("users", user.id, { emailToken: call.ids.secret(48) });
    } else if (user.emailToken !== null && token === user.emailToken) {
        call.store.update("users", user.id, { emailToken: null, verified: 1 });
    } else {
        throw invalid("email_token", "is wrong or used already");
    }
    call.did("updated", "user", user.id);
    return {};
}

function ownDetails(call: Call): Answer {
    return { id: call.user.id, user: userObject(call, call.user) };
}

function otherDetails(call: Call): Answer {
    const user = registeredUser(call.backend, call.param("user_id"));
    return { id: user.id, user: userObject(call, user) };
}
