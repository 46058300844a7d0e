// The local Fast.io of the demo: an emulator in this process, and direct looks at it beside Pulumi.
import { type Census, createEmulator, type Emulator, type LedgerEntry } from "../emulator";

export class LocalService {
    private constructor(
        private readonly emulator: Emulator,
        private readonly baseUrl: string,
    ) {}

    static async start(): Promise<LocalService> {
        const emulator = createEmulator();
        const { baseUrl } = await emulator.listen({ port: 0 });
        return new LocalService(emulator, baseUrl);
    }

    get address(): string {
        return new URL(this.baseUrl).origin;
    }

    /** What makes a Pulumi program use it, as its agent account. */
    get environment() {
        return { FASTIO_BASE_URL: this.baseUrl, FASTIO_TOKEN: this.emulator.token };
    }

    /** Signs a person up, and answers their token. */
    async signUp(email: string, firstName: string, lastName: string): Promise<string> {
        const account = { email, accountType: "human", firstName, lastName };
        return (await this.control<{ token: string }>("accounts", account)).token;
    }

    /** Answers the invitations to an address as the person would. */
    async acceptInvitations(email: string): Promise<void> {
        await this.control("invitations/accept", { email });
    }

    /** How many requests the API has had so far. */
    async requests(): Promise<number> {
        return (await this.control<{ entries: LedgerEntry[] }>("ledger")).entries.length;
    }

    /** What there is, by kind. */
    census(): Promise<Census> {
        return this.control<Census>("census");
    }

    /** A request to the API itself, as the person whose token it is. */
    post(path: string, token: string, form: Record<string, string>): Promise<unknown> {
        return this.send(new URL(path, this.baseUrl), {
            method: "POST",
            headers: { Authorization: `Bearer ${token}` },
            body: new URLSearchParams(form),
        });
    }

    stop(): Promise<void> {
        return this.emulator.close();
    }

    private control<T>(name: string, body?: object): Promise<T> {
        const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
        return this.send<T>(new URL(`/_emulator/${name}`, this.baseUrl), request);
    }

    private async send<T>(url: URL, request: RequestInit): Promise<T> {
        const answer = await fetch(url, request);
        if (!answer.ok) throw new Error(`${url.pathname} answered ${answer.status}: ${await answer.text()}`);
        return (await answer.json()) as T;
    }
}
