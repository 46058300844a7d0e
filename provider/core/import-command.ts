/** The command with which messages say how to take something that is on Fast.io into a stack. */
import { logicalName } from "./naming";
import { nameIn, tokenOf } from "./token";

export interface ImportTarget {
    /** Whether the stack's resources are the plugin's, which `pulumi import` reads by id; dynamic ones come with a file. */
    ofPlugin: boolean;
    /** The resource's name in the program; where nobody can know it, the person fills it in. */
    name?: string | undefined;
    /** URN of the resource's parent; none where that is the stack. */
    parent?: string | undefined;
}

export function importCommand(kind: string, id: string, { ofPlugin, name, parent }: ImportTarget): string {
    const above = parent === undefined ? "" : ` --parent ${quoted(ofPlugin ? `parent=${parent}` : parent)}`;
    if (ofPlugin) return `pulumi import ${tokenOf(kind)} ${quoted(name ?? "NAME")} ${quoted(id)}${above}`;
    return `npx pulumi-fastio adopt-file ${kind} ${quoted(id)}${name === undefined ? "" : ` --as ${quoted(name)}`}${above}`;
}

/** The target that is the resource with this URN. A URN has its parent's type and not its name: the person fills that in. */
export function importTargetOf(urn: string | undefined): ImportTarget {
    if (urn === undefined) return { ofPlugin: false };
    const above = urn.split("::")[2]?.split("$") ?? [];
    const type = above.pop() ?? "";
    return {
        ofPlugin: nameIn(type) !== undefined,
        name: logicalName(urn),
        parent: above.length > 0 ? "URN_OF_ITS_PARENT" : undefined,
    };
}

/**
 * How to take the resource out of its stack. A URN changes with `pulumi state rename`, `pulumi stack rename` and aliases; one
 * that the state may not have any more is no argument of a command, because another resource may have it by now.
 */
export function forgetCommand({ urn, lastUrn }: { urn?: string | undefined; lastUrn?: string | undefined }): string {
    if (urn !== undefined) return `\`pulumi state delete '${urn}'\``;
    const type = lastUrn?.split("::")[2]?.split("$").at(-1);
    const named = lastUrn === undefined ? "" : ` of ${type} ${JSON.stringify(logicalName(lastUrn))}`;
    return `\`pulumi state delete URN\`, with the URN${named} from \`pulumi stack --show-urns\``;
}

/** As a shell takes it for one word. */
export function quoted(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
