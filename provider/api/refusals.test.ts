import { TOTP } from "otpauth";
import * as z from "zod";
import type { ApiRequest } from "./client";
import { readEnvelope } from "./envelope";
import { type ApiError, CredentialError, type FastioError, isAmbiguous, isApiError } from "./errors";
import { type Answer, client, closeAll, json, password, refused, service } from "./scripted-service";

afterEach(closeAll);

const ok = json({ result: true, org: { id: "1" } });
const close: ApiRequest<unknown> = {
    operation: "close the workspace",
    method: "DELETE",
    path: ["workspace", "1", "delete"],
    form: { confirm: "1" },
    answer: z.unknown(),
    kind: "delete",
};
const create: ApiRequest<unknown> = {
    operation: "create the workspace",
    method: "POST",
    path: ["org", "1", "create", "workspace"],
    form: { name: "Deals" },
    answer: z.unknown(),
    kind: "create",
};

function because(status: number, params: unknown, code = 100001): Answer {
    return json({ result: false, error: { code, text: "No", params } }, status);
}

async function failure(promise: Promise<unknown>): Promise<FastioError> {
    return promise.then(
        () => {
            throw new Error("it was expected to fail");
        },
        (error: FastioError) => error,
    );
}

/** Status, reason, class, and what the advice names. */
const reasons: [number, string, string, RegExp][] = [
    [403, "scope_admin_required", "denied", /scope org:1234:rwa at https:/],
    [403, "scope_exceeds_issuer", "denied", /narrower scopes/],
    [403, "access_mode_exceeds_initiate", "denied", /wider than what was asked/],
    [403, "userdetails_scope_required", "denied", /userdetails:\*:rw/],
    [403, "scope_write_required", "denied", /only reads/],
    [403, "stepup_required", "denied", /fastio:totpSecret.*passkey alone/s],
    [403, "two_factor_enrolment_only", "denied", /second factor of its members/],
    [403, "sso_required", "denied", /single sign-on/],
    [403, "credential_policy_mode", "denied", /policy on credentials.*admin of the organization/],
    [403, "credential_policy_scope", "denied", /policy on credentials.*admin of the organization/],
    [403, "credential_policy_sso", "denied", /policy on credentials.*admin of the organization/],
    [403, "credential_policy_unreadable", "denied", /damaged/],
    [403, "credential_policy_org", "denied", /another account/],
    [503, "credential_policy_unavailable", "unavailable", /try again later/],
    [503, "access_policy_unavailable", "unavailable", /try again later/],
    [403, "external_invites_denied", "denied", /no people from outside.*admin of the organization/],
    [403, "external_invites_object_denied", "denied", /This share or workspace/],
    [403, "geo_restricted", "denied", /certain places/],
    [403, "mcp_access_denied", "denied", /policy on MCP/],
    [403, "ai_policy_denied", "denied", /policy on AI forbids content_ai/],
    [403, "ai_policy_workspace_not_allowed", "denied", /policy on AI forbids content_ai/],
    [403, "cloud_sync_disabled", "denied", /cloud drives/],
    [403, "cloud_sync_read_only", "denied", /cloud drives/],
    [402, "subscription_required", "limit", /go\.fast\.io\/onboarding/],
    [402, "credits_exhausted", "limit", /credits are used up/],
    [402, "trial_conversion_pending", "limit", /confirm a payment \(plan business\)/],
    [402, "upgrade_pending", "limit", /confirm a payment/],
    [402, "trial_conversion_lapsed", "limit", /confirm a payment/],
    [406, "cursor_expired", "invalid", /from its start/],
];

test.each(reasons)("%i %s is read by its reason, whatever the code", (status, reason, errorClass, next) => {
    const params = { reason, entity_type: "org", entity_id: "1234", feature: "content_ai", plan: "business" };
    for (const code of [100001, 1609, 9992]) {
        const body = JSON.stringify({ result: false, error: { code, text: "No", params } });
        const read = readEnvelope(status, body);
        expect(read).toMatchObject({ kind: "refusal", class: errorClass, reason, code });
        expect(read).toHaveProperty("next", expect.stringMatching(next));
        expect(JSON.stringify(read)).not.toContain("entity_id");
    }
});

test.each([
    [10767, /rwa/],
    [10768, /narrower/],
    [10769, /userdetails/],
    [10770, /only reads/],
    [10175, /scopes do not reach/],
    [10545, /scopes do not reach/],
    [10560, /scopes do not reach/],
    [10574, /scopes do not reach/],
    [10753, /scopes do not reach/],
    [10754, /scopes do not reach/],
    [10757, /scopes do not reach/],
])("403 with code %i and no reason is a matter of scopes", async (code, next) => {
    const { baseUrl } = await service(refused(code, 403));
    expect((await failure(client(baseUrl).request(create))).next).toMatch(next);
});

test("401 with 10545 is a role that is missing, and the credential stays", async () => {
    const { baseUrl, seen } = await service(refused(10545, 401));
    const error = await failure(client(baseUrl).request(create));
    expect(isApiError(error, "denied")).toBe(true);
    expect(error.next).toMatch(/an owner or an admin/);
    expect(seen).toHaveLength(1);
});

test("a lost comparison says so by the row of a list", async () => {
    const row = {
        name: "if_version_id",
        kind: "invalid",
        reason: "conflict_version_mismatch",
        current_version_id: "v2",
    };
    const { baseUrl } = await service(because(409, [row]));
    expect(await failure(client(baseUrl).request(create))).toMatchObject({ class: "conflict", reason: row.reason });
});

test("what the service does not know yet is told by its status and text", async () => {
    const { baseUrl } = await service(because(403, { reason: "moon_phase" }));
    expect(await failure(client(baseUrl).request(create))).toMatchObject({ class: "denied", reason: "moon_phase" });
});

test("a reason alone is text enough", async () => {
    const { baseUrl } = await service(json({ result: false, error: { params: { reason: "moon_phase" } } }, 403));
    expect((await failure(client(baseUrl).request(create))).message).toContain('Fast.io says "moon_phase"');
});

test("a policy that could not be read is asked about again, and even a create may be", async () => {
    const { baseUrl, seen } = await service(because(503, { reason: "access_policy_unavailable" }), ok);
    await client(baseUrl).request(create);
    expect(seen).toHaveLength(2);
    const always = await service(because(503, { reason: "credential_policy_unavailable" }));
    const error = await failure(client(always.baseUrl).request(create));
    expect(always.seen).toHaveLength(4);
    expect(isAmbiguous(error)).toBe(false);
});

test("504 on a create leaves open whether it happened", async () => {
    const { baseUrl, seen } = await service(refused(100001, 504));
    expect(isAmbiguous(await failure(client(baseUrl).request(create)))).toBe(true);
    expect(seen).toHaveLength(1);
});

test("the wait that the body names counts before the headers", async () => {
    const headers = { "x-ve-limit-avail": "0", "x-ve-limit-max": "9", "x-ve-limit-expires": "4000000000" };
    const limited = json({ result: false, error: { code: 10368, params: { retry_after_seconds: "7" } } }, 429, headers);
    const { baseUrl } = await service(limited, ok);
    const made = client(baseUrl);
    await made.request(create);
    expect(made.lines.join("\n")).toContain("waiting 7 s for Fast.io's rate limit");
});

test("the request id of today is told", async () => {
    const { baseUrl } = await service(refused(1605, 406, "No", { "x-ve-reqid": "abc-1" }));
    expect((await failure(client(baseUrl).request(create))).message).toContain("request id abc-1");
});

describe("a second factor", () => {
    const totpSecret = "JBSWY3DPEHPK3PXP";
    const date = "Sat, 28 Nov 2026 10:00:05 GMT";
    const now = Date.parse(date);
    const error = { code: 100001, text: "No", params: { reason: "stepup_required" } };
    const wanted = json({ result: false, error }, 403, { date });
    const codeAt = (ms: number) => new TOTP({ secret: totpSecret }).generate({ timestamp: ms });

    test("without the secret the refusal says how to give it, and nothing is repeated", async () => {
        const { baseUrl, seen } = await service(wanted);
        expect((await failure(client(baseUrl).request(close))).message).toMatch(
            /fastio:totpSecret.*FASTIO_TOTP_SECRET/,
        );
        expect(seen).toHaveLength(1);
    });

    test("is proven where it is wanted: in the query of a DELETE, in the form of a POST, in the parts of a file", async () => {
        const { baseUrl, seen } = await service(wanted, ok, wanted, ok, wanted, ok);
        const made = client(baseUrl, { totpSecret: "jbsw y3dp ehpk 3pxp" });
        await made.request(close);
        await made.request(create);
        const content = { size: 1, open: () => [Buffer.from("x")] };
        await made.request({ ...create, multipart: { file: { part: "file", name: "logo.png", content } } });
        const code = codeAt(now);
        expect(seen[1]?.url).toBe(`/current/workspace/1/delete/?token=${code}&confirm=1`);
        expect(seen[3]?.body).toBe(`name=Deals&token=${code}`);
        expect(seen[5]?.body).toContain(code);
        expect(
            seen
                .slice(0, 1)
                .concat(seen.slice(2, 3))
                .map(({ url, body }) => url + body)
                .join(),
        ).not.toContain("token");
    });

    test("a code that was used is followed by the next one", async () => {
        const { baseUrl, seen } = await service(wanted, wanted, ok);
        const made = client(baseUrl, { totpSecret });
        await made.request(close);
        const codes = seen.map(({ url }) => new URL(url, baseUrl).searchParams.get("token"));
        expect(codes).toEqual([null, expect.stringMatching(/^\d{6}$/), codeAt(now + 30_000)]);
        expect(codes[1]).not.toBe(codes[2]);
    });

    test("codes that are not taken end, and say what to check", async () => {
        const { baseUrl, seen } = await service(wanted);
        const error = await failure(client(baseUrl, { totpSecret }).request(close));
        expect(error.message).toMatch(/takes no code of fastio:totpSecret.*clock.*passkey/);
        expect(seen).toHaveLength(3);
        expect(error.message).not.toContain(totpSecret);
    });

    test.each(["", "not base 32!", "otpauth://totp/x"])("the secret %p is refused, and not shown", async (wrong) => {
        const { baseUrl } = await service(wanted);
        const error = await failure(client(baseUrl, { totpSecret: wrong }).request(close));
        expect(error.message).toContain("fastio:totpSecret");
        expect(error.message).not.toContain("not base 32");
    });
});

describe("signing in with e-mail and password", () => {
    const credentials = [{ name: "the test", email: "a@example.com", password }];

    test("a service that is about to give it up is told of once", async () => {
        const signedIn = json({ result: true, auth_token: "session", expires_in: 3600, enrol_required: false });
        const { baseUrl } = await service(signedIn, ok, signedIn, ok);
        const made = client(baseUrl, { credentials });
        await made.request(create);
        made.clock.advance(3_600_000);
        await made.request(create);
        expect(made.lines).toEqual([
            expect.stringMatching(/^warning: .*will stop taking.*settings\/api-keys.*the test/),
        ]);
    });

    test.each([refused(9992, 404), refused(100001, 410)])("a service that gave it up", async (gone) => {
        const { baseUrl, seen } = await service(gone);
        const made = client(baseUrl, { credentials });
        const error = await failure(made.request(create));
        expect(error).toBeInstanceOf(CredentialError);
        expect(error.message).toMatch(/does not take an e-mail and a password any more.*Make an API key/s);
        await failure(made.request(create));
        expect(seen).toHaveLength(1);
    });

    test("a locked account is told with its time, and never tried again", async () => {
        const params = { retry_after_seconds: 1790 };
        const locked = json({ result: false, error: { code: 10760, text: "Locked", params } }, 429);
        const { baseUrl, seen } = await service(locked);
        const made = client(baseUrl, { credentials });
        expect((await failure(made.request(create))).message).toMatch(/locked the account for 30 minutes/);
        await failure(made.request(create));
        expect(seen).toHaveLength(1);
    });

    test("an answer that is lost is not asked for again: it may count against the account", async () => {
        const { baseUrl, seen } = await service((response) => response.socket?.destroy());
        await failure(client(baseUrl, { credentials }).request(create));
        expect(seen).toHaveLength(1);
    });

    test("the second factor finishes it", async () => {
        const limited = json({ result: true, auth_token: "limited", expires_in: 600, "2factor": true });
        const whole = json({ result: true, auth_token: "whole", expires_in: 3600 });
        const { baseUrl, seen } = await service(limited, whole, ok);
        await client(baseUrl, { credentials, totpSecret: "JBSWY3DPEHPK3PXP" }).request(create);
        expect(seen[1]).toMatchObject({
            url: expect.stringMatching(/^\/current\/user\/auth\/2factor\/auth\/\d{6}\/$/),
            headers: { authorization: "Bearer limited" },
        });
        expect(seen[2]?.headers.authorization).toBe("Bearer whole");
    });

    test("an organization that demands a factor of an account without one", async () => {
        const { baseUrl } = await service(
            json({ result: true, auth_token: "x-token", expires_in: 60, enrol_required: true }),
        );
        expect((await failure(client(baseUrl, { credentials }).request(create))).message).toMatch(
            /Set one up in the account's settings/,
        );
    });
});

test("scopes are read in every form, and asked for once", async () => {
    const { baseUrl, seen } = await service(
        json({ result: true, auth_type: "api_key_scoped", scopes: '["user:*:rw"]', full_access: true, admin: false }),
    );
    const made = client(baseUrl);
    expect(await made.scopes()).toMatchObject({ scopes: ["user:*:rw"], fullAccess: true, admin: false });
    await made.scopes();
    expect(seen).toHaveLength(1);
    const older = await service(json({ result: true, auth_type: "api_key", scopes: [] }));
    expect(await client(older.baseUrl).scopes()).toMatchObject({ scopes: [], fullAccess: true, admin: undefined });
});

test("an error keeps its reason when it is read as another class", () => {
    const read = readEnvelope(403, JSON.stringify({ result: false, error: { params: { reason: "geo_restricted" } } }));
    expect((read as unknown as ApiError).reason).toBe("geo_restricted");
});
