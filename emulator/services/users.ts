// Users: sign-up, e-mail validation, profiles.
import { requireAccountSettings, requireAccountWrite } from "../access";
import {
    fullSignIn,
    passwordHash,
    passwordMatches,
    register,
    registeredUser,
    userByEmail,
    userObject,
} from "../accounts";
import { ApiError } from "../api-error";
import { type Answer, type Call, Content, type Routes, type User } from "../call";
import { flag, invalid, optionalText, parseEmail, readFields, required, text } from "../fields";
import { requireNoSso } from "../policies";
import { requireProof } from "./two-factor";

export function users(routes: Routes): void {
    routes.post("/user/", signUp, "anyone");
    routes.post("/user/email/", emailAvailable, "anyone");
    routes.post("/user/email/validate/", validateEmail, "unverified");
    routes.get("/user/details/", ownDetails, "unverified");
    routes.get("/user/me/details/", ownDetails, "unverified");
    routes.post("/user/email/reset/", resetPassword, "anyone");
    routes.get("/user/password/:code/details/", (call) => ({ email: byCode(call).email }), "anyone");
    routes.post("/user/password/:code/", setPassword, "anyone");
    routes.post("/user/update/", updateUser);
    routes.post("/user/close/", closeUser, "unverified");
    routes.get("/users/search/", searchUsers);
    routes.get("/user/available_profiles/", availableProfiles);
    routes.get("/user/me/allowed/", () => ({ allowed: true }));
    routes.get("/user/me/limits/orgs/", organizationLimits);
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
    const isLate = call.dialect.era === "late";
    if (userByEmail(call.backend, email)?.registered) {
        // Late accounts 3: nobody learns by it which addresses have accounts.
        if (isLate) return {};
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
    if (!isLate) return { user: userObject(call, user) };
    const { auth_token, expires_in } = fullSignIn(call.backend, user);
    return { auth_token, expires_in };
}

function emailAvailable(call: Call): Answer | Content {
    const email = parseEmail(required(call.input, "email"), "email");
    if (call.dialect.era === "late") return new Content(JSON.stringify({ result: true }), {}, 202);
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

/** Always a success, so that nobody learns which addresses have accounts; the control plane's mail has the code. */
function resetPassword(call: Call): Answer {
    const user = userByEmail(call.backend, parseEmail(required(call.input, "email"), "email"));
    if (user?.registered) refuseSso(call, user);
    if (user?.registered) call.store.update("users", user.id, { passwordCode: call.ids.secret(48) });
    return {};
}

function refuseSso(call: Call, user: User): void {
    if (call.dialect.era === "late") requireNoSso(call.backend, user);
}

function byCode(call: Call): User {
    const user = call.store.get<User>("SELECT * FROM users WHERE passwordCode = ?", call.param("code"));
    if (!user) throw new ApiError("RESOURCE_NOT_FOUND", "The code is unknown or used already.");
    return user;
}

function setPassword(call: Call): Answer {
    const user = byCode(call);
    refuseSso(call, user);
    const password = signUpFields.password.parse(required(call.input, "password1"), "password1");
    if (call.input.password2 !== password) throw invalid("password2", "is not the same as password1");
    const hash = passwordHash(call.backend, user.id, password);
    call.store.update("users", user.id, { password: hash, passwordCode: null });
    call.did("updated", "user", user.id);
    return {};
}

const { password: passwordField, first_name: nameField } = signUpFields;
const updateFields = {
    first_name: nameField,
    last_name: nameField,
    password: passwordField,
    email_address: { parse: parseEmail, initial: "", clearable: false },
};

/** A new address has to be validated like the first one. */
function updateUser(call: Call): Answer {
    const { user, backend } = call;
    const fields = readFields(updateFields, call.input);
    const { current_password: current } = call.input;
    if (current !== undefined && !passwordMatches(backend, user, current)) {
        throw invalid("current_password", "is wrong");
    }
    const { first_name: firstName = user.firstName, last_name: lastName = user.lastName } = fields;
    const { email_address: email = user.email, password } = fields;
    requireAccountWrite(call);
    if (email !== user.email || password !== undefined) {
        requireAccountSettings(call);
        refuseSso(call, user);
    }
    if (email !== user.email && userByEmail(backend, email)) {
        throw new ApiError("INPUT_DUPLICATE", "email_address: an account with this address exists already.");
    }
    const changed: User = {
        ...user,
        firstName,
        lastName,
        email,
        verified: email === user.email ? user.verified : 0,
        password: password === undefined ? user.password : passwordHash(backend, user.id, password),
    };
    const { id, ...columns } = changed;
    if (JSON.stringify(changed) !== JSON.stringify(user)) {
        call.store.update("users", id, columns);
        call.did("updated", "user", id);
    }
    return { user: userObject(call, changed) };
}

/** What a user owns has to be handed over or closed first. */
function closeUser(call: Call): Answer {
    const { id, email } = call.user;
    const { confirmation, email_address: address } = call.input;
    const isLate = call.dialect.era === "late";
    if (isLate) {
        requireProof(call, "anybody");
        requireAccountWrite(call);
        // Late accounts 8: the older key is not declared any more, and dropped.
        if (required(call.input, "email_address").toLowerCase() !== email) {
            throw invalid("email_address", "must be your own address");
        }
    } else {
        const confirmed = confirmation ?? address;
        if (confirmed !== id && confirmed?.toLowerCase() !== email)
            throw invalid("confirmation", "must be your own address");
    }
    if (call.store.count("members WHERE userId = ? AND role = 'owner'", id) > 0) {
        throw new ApiError("RESTRICTED", "You own something still: transfer the ownership or close it first.");
    }
    if (isLate && call.input.dryrun === "true") return {};
    for (const table of ["members", "invitations", "apiKeys", "uploads"]) {
        call.store.run(`DELETE FROM ${table} WHERE userId = ?`, id);
    }
    call.store.run("DELETE FROM assets WHERE parentId = ?", id);
    call.store.run("DELETE FROM users WHERE id = ?", id);
    call.did("deleted", "user", id);
    return {};
}

/** Those with whom the caller is on an organization, workspace or share. */
function searchUsers(call: Call): Answer {
    const text = required(call.input, "search").toLowerCase();
    const rows = call.store
        .all<User>(
            `SELECT * FROM users WHERE registered = 1 AND id IN (
                 SELECT userId FROM members WHERE parentId IN (SELECT parentId FROM members WHERE userId = ?)
             ) ORDER BY email`,
            call.user.id,
        )
        .filter(({ email, firstName, lastName }) => `${email} ${firstName} ${lastName}`.toLowerCase().includes(text));
    return call.page("users", rows, (user) => userObject(call, user));
}

function availableProfiles(call: Call): Answer {
    const of = (kind: string, table: string, name: string) =>
        call.store.all(
            `SELECT ${table}.id, ${name} AS name FROM members JOIN ${table} ON ${table}.id = parentId
             WHERE userId = ? AND kind = ? AND status = 'active' AND closed = 0 ORDER BY members.rowid`,
            call.user.id,
            kind,
        );
    return {
        orgs: of("organization", "organizations", "domain"),
        workspaces: of("workspace", "workspaces", "folderName"),
        shares: of("share", "shares", "customName"),
    };
}

/** The emulator lets an account found as many organizations as it likes. */
function organizationLimits(call: Call): Answer {
    const used = call.store.count(
        "members WHERE userId = ? AND kind = 'organization' AND role = 'owner'",
        call.user.id,
    );
    return { limits: { allowed: true, max: null, used, cooldown: null } };
}
