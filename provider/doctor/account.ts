/** Who the credential is and what it reaches: source, account, scopes, plan and use; and the service's clock. */
import { FastioError, isApiError } from "../api/errors";
import { keysPage } from "../api/reasons";
import { type Connection, functionContext } from "../connection";
import type { Settings } from "../core/config";
import type { Properties } from "../core/define";
import { callFunction } from "../core/define-function";
import { messageOf } from "../core/errors";
import { getTokenScopes } from "../functions/get-token-scopes";
import { getUsage } from "../functions/get-usage";
import { organizationsOfAccount } from "../resources/organization";
import { type Finding, note, ok, wrong } from "./finding";

const mostOrganizations = 5;
const smallClockDifferenceSeconds = 60;
const largeClockDifferenceSeconds = 300;

/** The findings, and whether the service takes the credential. */
export async function accountFindings(
    connection: Connection,
    settings: Settings,
): Promise<{ findings: Finding[]; signedIn: boolean }> {
    const source = sourceFinding(settings);
    try {
        const client = connection.client();
        const context = functionContext(client, connection.show);
        const scopes = await callFunction(getTokenScopes, () => context, {});
        const account = await client.account().catch((error) => {
            if (!isApiError(error, "denied")) throw error;
            return undefined;
        });
        const whose =
            account === undefined
                ? note("Account", "the credential may not read whose it is")
                : ok(
                      "Account",
                      `${account.email ?? "without e-mail"}${account.accountType ? `, ${account.accountType}` : ""}, id ${account.id}`,
                  );
        const findings = [
            source,
            whose,
            scopesFinding(scopes),
            ...(await usageFindings(connection)),
            clockFinding(connection),
        ];
        return { findings, signedIn: true };
    } catch (error) {
        const answered = isApiError(error);
        return {
            findings: [source, failed("Account", error), ...(answered ? [clockFinding(connection)] : [])],
            signedIn: false,
        };
    }
}

/** What failed, and apart from it what to do. */
export function failed(subject: string, error: unknown): Finding {
    const message = messageOf(error);
    const next = error instanceof FastioError ? error.next : "";
    return wrong(subject, message.replace(next, "").trim(), ...(next === "" ? [] : [next]));
}

function sourceFinding({ credentials }: Settings): Finding {
    const [source] = credentials;
    if (source === undefined) return note("Credential", "none in the environment");
    const kind = source.token === undefined ? `e-mail and password of ${source.email ?? "nobody"}` : "a token";
    return ok("Credential", `${kind}, from ${source.name}; a stack's own configuration comes before it`);
}

function scopesFinding({ fullAccess, scopes, scopesDetail, authType, admin }: Properties): Finding {
    const kind = typeof authType === "string" ? ` (${authType})` : "";
    if (admin === false)
        return note(
            "Scopes",
            `${(scopes as string[]).join(", ") || "none"}${kind}: reads and writes content, and administers nothing`,
            `People, branding, changes and deletes of organizations, workspaces and shares need a key with a scope that ends in rwa, such as org:<id>:rwa: make one at ${keysPage}`,
        );
    if (fullAccess === true && admin === undefined) return ok("Scopes", `everything that the account may do${kind}`);
    const names = new Map(
        (Array.isArray(scopesDetail) ? scopesDetail : []).flatMap((detail) =>
            detail?.scope && detail?.name ? [[String(detail.scope), String(detail.name)]] : [],
        ) as [string, string][],
    );
    const shown = (scopes as string[]).map((scope) => (names.has(scope) ? `${scope} ("${names.get(scope)}")` : scope));
    return ok("Scopes", `${shown.join(", ") || "none"}${kind}`);
}

async function usageFindings(connection: Connection): Promise<Finding[]> {
    const subject = "Plan and use";
    const context = functionContext(connection.client(), connection.show);
    try {
        const organizations = await organizationsOfAccount(context);
        if (organizations.length === 0) return [ok(subject, "the account has no organization yet")];
        const shown = organizations.slice(0, mostOrganizations).map(async ({ id, domain }) => {
            const name = typeof domain === "string" ? domain : id;
            try {
                return usageFinding(subject, name, await callFunction(getUsage, () => context, { organizationId: id }));
            } catch (error) {
                if (!isApiError(error, "denied")) return failed(subject, error);
                return note(subject, `${name}: for its owner and admins alone`);
            }
        });
        const more = organizations.length - mostOrganizations;
        return [...(await Promise.all(shown)), ...(more > 0 ? [ok(subject, `and ${more} more organizations`)] : [])];
    } catch (error) {
        return [
            isApiError(error, "denied")
                ? note(subject, "the credential may not list organizations")
                : failed(subject, error),
        ];
    }
}

function usageFinding(subject: string, name: string, usage: Properties): Finding {
    const { plan, credits, limits, counts } = usage as Record<string, Record<string, number>> & { plan?: string };
    const parts = [
        { what: "workspaces", used: counts?.workspaces, limit: limits?.workspaces },
        { what: "shares", used: counts?.shares, limit: limits?.shares },
        { what: "members", used: counts?.members, limit: undefined },
        { what: "credits", used: credits?.used, limit: credits?.limit },
    ];
    const shown = parts
        .filter(({ used }) => used !== undefined)
        .map(({ what, used, limit }) => `${used}${limit === undefined ? "" : ` of ${limit}`} ${what}`);
    const text = `${name}${plan === undefined ? "" : ` (${plan})`}: ${shown.join(", ")}`;
    const full = parts.filter(({ used, limit }) => used !== undefined && limit !== undefined && used >= limit);
    return full.length === 0
        ? ok(subject, text)
        : note(
              subject,
              text,
              `No more ${full.map(({ what }) => what).join(" and ")}: remove what is not needed, or change the plan`,
          );
}

function clockFinding(connection: Connection): Finding {
    const seconds = Math.round((Date.now() - connection.client().serviceNow()) / 1000);
    const size = Math.abs(seconds);
    const text = size <= 1 ? "as the service's" : `${size} s ${seconds > 0 ? "ahead of" : "behind"} the service's`;
    if (size <= smallClockDifferenceSeconds) return ok("Clock", text);
    if (size <= largeClockDifferenceSeconds) return note("Clock", text);
    return wrong("Clock", text, "Set this machine's clock: certificates and tokens are judged by it");
}
