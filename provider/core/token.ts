/** The plugin's resources, functions and components as Pulumi names them: the package, its one module, and the name. */
const prefix = "fastio:index:";

export function tokenOf(name: string): string {
    return prefix + name;
}

/** The name in a token; undefined when it is none of ours. */
export function nameIn(token: string): string | undefined {
    return token.startsWith(prefix) ? token.slice(prefix.length) : undefined;
}
