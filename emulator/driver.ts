// Drives an emulator in process: short calls for tests of its behaviour.
import { createEmulator, type Emulator, type EmulatorOptions } from "./create-emulator";

/** An answer, read: `at("org.id")` is a value of its JSON. */
export class Reply {
    readonly status: number;
    readonly headers: Headers;
    readonly body: unknown;

    constructor(response: Response, body: unknown) {
        this.status = response.status;
        this.headers = response.headers;
        this.body = body;
    }

    at(path: string): unknown {
        const step = (value: unknown, key: string) =>
            typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
        return path.split(".").reduce(step, this.body);
    }

    text(path: string): string {
        const value = this.at(path);
        if (typeof value !== "string") throw new Error(`${path} is no text in ${JSON.stringify(this.body)}`);
        return value;
    }

    list(path: string): Record<string, unknown>[] {
        const value = this.at(path);
        if (!Array.isArray(value)) throw new Error(`${path} is no list in ${JSON.stringify(this.body)}`);
        return value;
    }

    /** `status/error.code`, as in `406/1605`; `200` for a success. */
    get outcome(): string {
        const code = this.at("error.code");
        return code === undefined ? String(this.status) : `${this.status}/${code}`;
    }
}

export interface Account {
    userId: string;
    email: string;
    token: string;
    password: string;
}

type Form = Record<string, string>;

const asked: Partial<Record<NonNullable<EmulatorOptions["dialect"]>, Form>> = {
    mid2026: { intelligence: "false" },
    late2026: {
        intelligence: "false",
        metadata_extraction: "false",
        perm_join: "Member or above",
        perm_member_manage: "Member or above",
    },
};

export class Driver {
    readonly emulator: Emulator;
    /** Milliseconds since the epoch at the start; it stands still but for the control plane's clock. */
    static readonly start = Date.UTC(2026, 1, 12, 10, 0, 0);

    /** What the later dialects do not create anything without. */
    readonly #asked: Form;

    constructor(options: EmulatorOptions = {}) {
        this.#asked = { ...asked[options.dialect ?? "seed"] };
        this.emulator = createEmulator({ seed: "driver", clock: () => Driver.start, ...options });
    }

    get(path: string, token?: string): Promise<Reply> {
        return this.send("GET", path, token);
    }

    post(path: string, form: Form = {}, token?: string): Promise<Reply> {
        return this.send("POST", path, token, new URLSearchParams(form));
    }

    delete(path: string, token?: string): Promise<Reply> {
        return this.send("DELETE", path, token);
    }

    /** A request to the API, by the agent account unless another token (or none: "") is given. */
    send(
        method: string,
        path: string,
        token = this.emulator.token,
        body?: RequestInit["body"],
        headers?: Form,
    ): Promise<Reply> {
        return this.request(`/current${path}`, {
            method,
            headers: { ...(token === "" ? {} : { authorization: `Bearer ${token}` }), ...headers },
            ...(body === undefined ? {} : { body }),
        });
    }

    /** A call of the control plane: a GET without, a POST with JSON. */
    control(path: string, json?: object): Promise<Reply> {
        const post = { method: "POST", body: JSON.stringify(json) };
        return this.request(`/_emulator${path}`, json === undefined ? {} : post);
    }

    async request(path: string, init: RequestInit): Promise<Reply> {
        const response = await this.emulator.fetch(new Request(`http://127.0.0.1:4010${path}`, init));
        const text = await response.text();
        const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
        return new Reply(response, isJson && text !== "" ? JSON.parse(text) : text);
    }

    /** A verified account with an API key. */
    async account(email: string, accountType: "human" | "agent" = "human"): Promise<Account> {
        const reply = await this.control("/accounts", { email, accountType });
        const [userId, token, password] = ["userId", "token", "password"].map((key) => reply.text(key));
        return { email, userId: userId ?? "", token: token ?? "", password: password ?? "" };
    }

    async organization(domain = "acme", token?: string): Promise<string> {
        return (await this.post("/org/create/", { domain, name: "Acme" }, token)).text("org.id");
    }

    async workspace(organization: string, folderName = "client-files", token?: string): Promise<string> {
        const form = { folder_name: folderName, name: "Client files", ...this.#asked };
        return (await this.post(`/org/${organization}/create/workspace/`, form, token)).text("workspace.id");
    }

    async share(workspace: string, form: Form = {}, token?: string): Promise<string> {
        return (
            await this.post(`/workspace/${workspace}/create/share/`, { title: "Room", ...this.#asked, ...form }, token)
        ).text("share.id");
    }

    async census(): Promise<Record<string, number>> {
        return (await this.control("/census")).body as Record<string, number>;
    }

    async ledger(after = 0): Promise<Record<string, unknown>[]> {
        return (await this.control(`/ledger?after=${after}`)).list("entries");
    }
}
