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

    /** How many requests the API has had so far. */
    async requests(): Promise<number> {
        return (await this.control<{ entries: LedgerEntry[] }>("ledger")).entries.length;
    }

    /** What there is, by kind. */
    census(): Promise<Census> {
        return this.control<Census>("census");
    }

    /** A request to the API itself, as the person whose token it is; without one as a visitor. */
    post(path: string, token: string | undefined, form: Record<string, string>): Promise<unknown> {
        return this.send(new URL(path, this.baseUrl), {
            method: "POST",
            ...(token && { headers: { Authorization: `Bearer ${token}` } }),
            body: new URLSearchParams(form),
        });
    }

    stop(): Promise<void> {
        return this.emulator.close();
    }

    private control<T>(name: string): Promise<T> {
        return this.send<T>(new URL(`/_emulator/${name}`, this.baseUrl), {});
    }

    private async send<T>(url: URL, request: RequestInit): Promise<T> {
        const answer = await fetch(url, request);
        if (!answer.ok) throw new Error(`${url.pathname} answered ${answer.status}: ${await answer.text()}`);
        return (await answer.json()) as T;
    }
}
