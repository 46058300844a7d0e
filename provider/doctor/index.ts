/** What the command `doctor` does: looks at the machine, the account and, where one is given, the state. Changes nothing. */
import { Connection } from "../connection";
import { readSettings, type Settings } from "../core/config";
import { accountFindings, failed } from "./account";
import { type Finding, ok } from "./finding";
import { machineFindings, proxyFinding } from "./machine";
import { stateFindings } from "./state";

export type { Finding } from "./finding";

export interface DoctorOptions {
    environment: NodeJS.ProcessEnv;
    /** The project's folder. */
    folder: string;
    /** A file that `pulumi stack export` has written. */
    state?: string | undefined;
}

export async function doctor({ environment, folder, state }: DoctorOptions): Promise<Finding[]> {
    const machine = await machineFindings(folder, environment);
    let settings: Settings;
    try {
        settings = readSettings(() => undefined, environment);
    } catch (error) {
        return [...machine, failed("Configuration", error)];
    }
    const { baseUrl } = settings;
    const connection = new Connection(
        () => settings,
        () => undefined,
    );
    try {
        const { findings, signedIn } = await accountFindings(connection, settings);
        return [
            ...machine,
            ok("Base URL", `${shownUrl(baseUrl)}${environment.FASTIO_BASE_URL ? " (FASTIO_BASE_URL)" : ""}`),
            proxyFinding(baseUrl, environment),
            ...findings,
            ...(state === undefined ? [] : await stateFindings(connection, state, signedIn)),
        ];
    } finally {
        await connection.close();
    }
}

/** Whoever puts a password into an address shall not read it here. */
function shownUrl(text: string): string {
    const url = URL.parse(text);
    return url === null ? "not a URL" : `${url.origin}${url.pathname}`;
}
