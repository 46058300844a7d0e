/** An emulator on a socket, looked at and changed directly: the independent witness of what the verbs do. */
import { createEmulator, type Emulator, type EmulatorOptions, type LedgerEntry } from "../../emulator";

type Dialect = NonNullable<EmulatorOptions["dialect"]>;

/** The dialect that the tests of this file are run in: tests/dialects/ runs all of them in the other ones. */
export const dialect = (process.env.EMULATOR_DIALECT ?? "seed") as Dialect;

/** An object of the API, by its wire keys. */
export type Shown = Record<string, unknown> & { id: string };

export interface Account {
    password: string;
    userId: string;
    email: string;
    token: string;
}

/** The first segment of the paths to what has members. */
export type ParentSegment = "org" | "workspace" | "share";

/** What not every version of the service creates these without. */
const asked: Record<string, Record<string, string>> = {
    workspace: {
        intelligence: "false",
        metadata_extraction: "false",
        perm_join: "Member or above",
        perm_member_manage: "Member or above",
    },
    share: { intelligence: "false" },
};

interface Upload {
    id: string;
    new_file_id: string;
}

interface Answer {
    org: Shown;
    workspace: Shown;
    share: Shown;
    node: Shown;
    note?: Shown;
    session: Upload;
    users: Shown[];
    invitations: Shown[];
    tokens: (Shown & { token: string })[];
    member: Shown;
    invitation: Shown;
    nodes: { items: Shown[] };
}

export class Service {
    private constructor(
        readonly emulator: Emulator,
        readonly baseUrl: string,
    ) {}

    static async open(spoken = dialect): Promise<Service> {
        const emulator = createEmulator({ seed: 11, dialect: spoken });
        const { baseUrl } = await emulator.listen({ port: 0 });
        return new Service(emulator, baseUrl);
    }

    close(): Promise<void> {
        return this.emulator.close();
    }

    reset(): Promise<unknown> {
        return this.control("POST", "reset");
    }

    /** A request by hand, by default as the account that the provider uses. */
    async api(
        method: string,
        path: string,
        form?: Record<string, string>,
        token = this.emulator.token,
    ): Promise<Answer> {
        const [, created = ""] = /\/create\/(workspace|share)\//.exec(path) ?? [];
        const told = created === "" ? form : { ...asked[created], ...form };
        const answer = await fetch(new URL(path, this.baseUrl), {
            method,
            headers: { Authorization: `Bearer ${token}` },
            ...(told && { body: new URLSearchParams(told) }),
        });
        const body = (await answer.json()) as Answer & { response?: Answer };
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(body)}`);
        return body.response ?? body;
    }

    async control<T>(method: "GET" | "POST", name: string, body: object = {}): Promise<T> {
        const answer = await fetch(new URL(`/_emulator/${name}`, this.baseUrl), {
            method,
            ...(method === "POST" && {
                body: JSON.stringify(body),
                headers: { "Content-Type": "application/json" },
            }),
        });
        if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as T;
    }

    /** The requests that the work makes, those of the tests themselves left out. */
    async requestsOf(work: () => Promise<unknown>): Promise<LedgerEntry[]> {
        const entries = async (after: number) =>
            (await this.control<{ entries: LedgerEntry[] }>("GET", `ledger?after=${after}`)).entries;
        const last = (await entries(0)).at(-1)?.seq ?? 0;
        await work();
        return entries(last);
    }

    /** Ends all faults. */
    async clearFaults(): Promise<void> {
        const { faults } = await this.control<{ faults: { id: string }[] }>("GET", "faults");
        for (const { id } of faults) {
            await fetch(new URL(`/_emulator/faults?id=${id}`, this.baseUrl), { method: "DELETE" });
        }
    }

    async advance(seconds: number): Promise<string> {
        return (await this.control<{ now: string }>("POST", "clock", { advanceSeconds: seconds })).now;
    }

    /** An hour from now, by the service's clock. */
    async inAnHour(): Promise<string> {
        return new Date(Date.parse(await this.advance(0)) + 3_600_000).toISOString();
    }

    account(email: string, accountType: "human" | "agent" = "human"): Promise<Account> {
        return this.control("POST", "accounts", { email, accountType, firstName: "Ann", lastName: "Lee" });
    }

    async organization(domain: string, token?: string): Promise<Shown> {
        return (await this.api("POST", "org/create/", { domain, name: domain }, token)).org;
    }

    /** One whose plan has everything that can be declared. */
    async paidOrganization(domain: string): Promise<Shown> {
        const organization = await this.organization(domain);
        await this.control("POST", "plan", { organizationId: organization.id, paid: true });
        return organization;
    }

    async workspace(organizationId: string, folderName: string, token?: string): Promise<Shown> {
        const form = { folder_name: folderName, name: folderName };
        return (await this.api("POST", `org/${organizationId}/create/workspace/`, form, token)).workspace;
    }

    async share(workspaceId: string, title: string, form: Record<string, string> = {}): Promise<Shown> {
        return (await this.api("POST", `workspace/${workspaceId}/create/share/`, { title, ...form })).share;
    }

    /** A file that somebody uploads, or a new version of one; answers the node's id. */
    async upload(segment: string, id: string, name: string, content = "data", fields: Record<string, string> = {}) {
        const form = new FormData();
        const told = { name, size: String(content.length), action: "create", instance_id: id, profile_type: segment };
        for (const [key, value] of Object.entries({ ...told, ...fields })) form.append(key, value);
        form.append("chunk", new Blob([content]), name);
        const headers = { Authorization: `Bearer ${this.emulator.token}` };
        const answer = await fetch(new URL("upload/", this.baseUrl), { method: "POST", headers, body: form });
        const body = (await answer.json()) as Upload & { response?: Upload };
        if (!answer.ok) throw new Error(JSON.stringify(body));
        const { id: upload, new_file_id: made } = body.response ?? body;
        // Not every version of the service has stored it by then.
        return made ?? (await this.api("GET", `upload/${upload}/details/?wait=1`)).session.new_file_id;
    }

    /** A note; newer versions of the service take none in a share, where it is a file then. */
    async note(segment: string, id: string, name = "a.md", parent = "root"): Promise<string> {
        if (segment === "share" && dialect === "late2026")
            return this.upload(segment, id, name, "text", { folder_id: parent });
        const form = { name, content: "text" };
        const { node, note } = await this.api("POST", `${segment}/${id}/storage/${parent}/createnote/`, form);
        return (note ?? node).id;
    }

    /** The members and, wherever they are listed, the invited people. */
    async members(parentId: string, segment: ParentSegment = "workspace"): Promise<Shown[]> {
        const path = `${segment}/${parentId}/members`;
        const { users } = await this.api("GET", `${path}/list/`);
        const { invitations } = await this.api("GET", `${path}/invitations/list/pending/`);
        const invited = invitations
            .map(({ invitee_email, email, ...row }) => ({ ...row, email: invitee_email ?? email }) as Shown)
            // Some versions show no id of somebody who has no account yet.
            .filter(({ user_id, email }) => users.every((one) => one.id !== user_id && one.email_address !== email))
            .map(({ id, user_id, email, permissions, expires, created }) => ({
                id: String(user_id),
                email_address: email,
                permissions,
                status: "pending",
                invite: { id, created, expires },
            }));
        return [...users.map((user) => ({ status: "active", ...user })), ...invited];
    }

    async member(parentId: string, email: string, segment?: ParentSegment): Promise<Shown | undefined> {
        return (await this.members(parentId, segment)).find((one) => one.email_address === email);
    }
}

/** The API's form of a date. */
export function apiDate(text: string): string {
    return `${new Date(text).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
