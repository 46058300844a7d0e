/** DataRoom: a share with its folders, documents, look and people, as one component. */
import * as pulumi from "@pulumi/pulumi";
import type { ShareRole } from "./enums";
import { File, type FileArgs } from "./file";
import { Folder, type FolderArgs } from "./folder";
import { refuseUnlessHostFindsProvider } from "./host";
import { Share, type ShareArgs } from "./share";
import { ShareBranding, type ShareBrandingArgs } from "./share-branding";
import { ShareMember, type ShareMemberArgs } from "./share-member";
import { TransferToken, type TransferTokenArgs } from "./transfer-token";
import { Workspace, type WorkspaceArgs } from "./workspace";

/**
 * A data room: a share with its folders, documents, look and people, and a workspace around it unless there is one already.
 *
 * People come last: nobody is invited before the documents are in, and on the way down everybody is out before the
 * first document goes. Everything has the component as its parent, so that options like `protect` reach all of it.
 *
 * @example
 * ```ts
 * const room = new fastio.DataRoom("series-b", {
 *     organizationId: organization.id,
 *     name: "Series B",
 *     folders: ["Financials", "Legal/Contracts"],
 *     documents: { "Legal/Terms.txt": new pulumi.asset.StringAsset("Confidential.") },
 *     members: { "ann@example.com": "guest" },
 * });
 * ```
 */
export class DataRoom extends pulumi.ComponentResource {
    /** Id of the workspace in which the share is. */
    readonly workspaceId: pulumi.Output<string>;
    /** Id of the share: what further members, folders and files of the room take. */
    readonly shareId: pulumi.Output<string>;
    /** Address of the room for people. */
    readonly url: pulumi.Output<string>;
    /** The link with which a human takes over the organization; there when `handOver` is true. Secret: whoever opens it owns the organization. */
    readonly claimUrl: pulumi.Output<string> | undefined;

    constructor(name: string, args: DataRoomArgs, opts?: pulumi.ComponentResourceOptions, kinds: Kinds = dynamicKinds) {
        if (kinds === dynamicKinds) refuseUnlessHostFindsProvider("DataRoom", name);
        super("fastio:index:DataRoom", name, {}, opts);
        const within = { parent: this };
        const layout = layoutOf(name, args);

        this.workspaceId =
            args.workspaceId === undefined
                ? new kinds.Workspace(name, { organizationId: args.organizationId, name: args.name }, within).id
                : pulumi.output(args.workspaceId);
        const title = args.share?.title ?? args.name;
        const intake = isIntake(args)
            ? new kinds.Folder(name, { workspaceId: this.workspaceId, name: args.folder ?? args.name }, within)
            : undefined;
        const backing = intake === undefined ? {} : ({ storageMode: "workspace_folder", folderId: intake.id } as const);
        const share = new kinds.Share(
            name,
            { ...args.share, ...backing, title, workspaceId: this.workspaceId },
            within,
        );
        this.shareId = share.id;
        this.url = share.url;

        const content: pulumi.Resource[] = [];
        const placed = { shareId: share.id };
        const stored = intake === undefined ? placed : { workspaceId: this.workspaceId };
        const folders = new Map<string, pulumi.CustomResource>();
        const folderAt = (path: string) => (folders.get(path.normalize("NFC")) ?? intake)?.id;
        for (const path of layout.folders) {
            const { above, last } = split(path);
            const place = { ...stored, name: last, parentId: folderAt(above) };
            folders.set(path.normalize("NFC"), new kinds.Folder(`${name}/${path}`, place, within));
        }
        content.push(...folders.values());
        for (const [path, source] of layout.documents) {
            const { above, last } = split(path);
            const place = { ...stored, name: last, folderId: folderAt(above) };
            content.push(new kinds.File(`${name}/${path}`, { ...place, source }, within));
        }
        if (args.branding !== undefined)
            content.push(new kinds.ShareBranding(name, { ...args.branding, ...placed }, within));

        const afterContent = { ...within, dependsOn: content };
        const members = layout.members.map(
            ([email, role]) => new kinds.ShareMember(`${name}/${email}`, { ...placed, email, role }, afterContent),
        );
        if (args.handOver === true) {
            const whole = { ...within, dependsOn: [share, ...content, ...members] };
            this.claimUrl = new kinds.TransferToken(name, { organizationId: args.organizationId }, whole).claimUrl;
        }
        this.registerOutputs({
            workspaceId: this.workspaceId,
            shareId: this.shareId,
            url: this.url,
            claimUrl: this.claimUrl,
        });
    }
}

type Made<Args, Outputs = object> = new (
    name: string,
    args: Args,
    opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & Outputs;

/** The classes of one front-end. */
interface Kinds {
    File: Made<FileArgs>;
    Folder: Made<FolderArgs>;
    Share: Made<ShareArgs, Pick<Share, "url">>;
    ShareBranding: Made<ShareBrandingArgs>;
    ShareMember: Made<ShareMemberArgs>;
    TransferToken: Made<TransferTokenArgs, Pick<TransferToken, "claimUrl">>;
    Workspace: Made<WorkspaceArgs>;
}

const dynamicKinds: Kinds = { File, Folder, Share, ShareBranding, ShareMember, TransferToken, Workspace };

/** The arguments of a `DataRoom`. */
export interface DataRoomArgs {
    /** Id of the organization: the `id` output of an `Organization`. */
    organizationId: pulumi.Input<string>;
    /** Display name: of the share, unless that has a `title` of its own, and of the workspace that is made. 2 to 80 characters. */
    name: pulumi.Input<string>;
    /** Id of a workspace to put the share into: the `id` output of a `Workspace`. Default: a workspace is made for the room. */
    workspaceId?: pulumi.Input<string> | undefined;
    /**
     * The arguments of the `Share`, without its workspace: who may open it, password, expiry. `title` defaults to `name`. With the `shareType`
     * `receive` or `exchange`, and no `storageMode`, the room lies in a folder of the workspace: an intake room.
     */
    share?: DataRoomShareArgs | undefined;
    /**
     * Makes the room an intake room: it lies in a folder of the workspace with this name, 1 to 255 characters, instead of storage of its own. A room
     * whose `share` has the `shareType` `receive` or `exchange` is one by itself, because the service keeps a share with storage of its own as
     * `send`; then the default is the room's `name`. Not together with a `storageMode` of the `share`.
     */
    folder?: pulumi.Input<string> | undefined;
    /** Paths of folders, `Legal/Contracts`; what is above a folder is made as well. Default: those that the documents need. */
    folders?: string[] | undefined;
    /** Documents by path, `Legal/Terms.pdf`; missing folders are made. Another path is another document, new bytes are a new version of the same. */
    documents?: Record<string, pulumi.Input<pulumi.asset.Asset>> | undefined;
    /** Who may enter, by e-mail address: `admin`, `member`, `guest` or `view`. Somebody without an account is invited. */
    members?: Record<string, pulumi.Input<ShareRole>> | undefined;
    /** The arguments of the share's `ShareBranding`: colours, images and links. Default: left alone. */
    branding?: Omit<ShareBrandingArgs, "shareId"> | undefined;
    /** Whether to make a token with which a human takes over the organization, once everything else is there. Only an agent account that owns the organization can. Default false. */
    handOver?: boolean | undefined;
}

/** The arguments of a `Share` within a `DataRoom`. */
export type DataRoomShareArgs = Omit<ShareArgs, "workspaceId" | "title"> & Partial<Pick<ShareArgs, "title">>;

interface Layout {
    /** Every folder after the one above it. */
    folders: string[];
    documents: [path: string, source: pulumi.Input<pulumi.asset.Asset>][];
    members: [email: string, role: pulumi.Input<ShareRole>][];
}

/** Whether guests are to bring something: only a folder of the workspace takes it. */
function isIntake({ share, folder }: DataRoomArgs): boolean {
    if (share?.storageMode !== undefined) return false;
    return folder !== undefined || share?.shareType === "receive" || share?.shareType === "exchange";
}

/** What the lists come to; refuses what no engine and no check would see as one mistake. */
function layoutOf(name: string, args: DataRoomArgs): Layout {
    const refuse = (property: string, key: string, reason: string): never => {
        throw new pulumi.RunError(`DataRoom ${JSON.stringify(name)}: ${property}[${JSON.stringify(key)}] ${reason}`);
    };
    // Paths are one in whatever form of Unicode their letters are composed; each keeps the form in which it comes first.
    const folders = new Map<string, string>();
    const add = (path: string): void => {
        const { above } = split(path);
        if (above !== "") add(above);
        const composed = path.normalize("NFC");
        if (!folders.has(composed)) folders.set(composed, path);
    };
    const checked = (property: string, path: string): string => {
        if (path.includes("\\")) refuse(property, path, `holds a backslash: write ${path.replaceAll("\\", "/")}`);
        if (path.split("/").includes("")) {
            refuse(property, path, "must be names separated by single slashes, such as Legal/Contracts");
        }
        return path;
    };
    if (args.folder !== undefined && args.share?.storageMode !== undefined)
        throw new pulumi.RunError(
            `DataRoom ${JSON.stringify(name)}: folder puts the share on a folder, so leave share.storageMode out`,
        );
    for (const path of args.folders ?? []) add(checked("folders", path));
    const documents = Object.entries(args.documents ?? {});
    for (const [path] of documents) {
        const { above } = split(checked("documents", path));
        if (above !== "") add(above);
    }
    const seen = new Set<string>();
    for (const [path] of documents) {
        const composed = path.normalize("NFC");
        if (seen.has(composed))
            refuse("documents", path, "is there twice: paths are compared in Unicode's composed form (NFC)");
        seen.add(composed);
        if (folders.has(composed))
            refuse("documents", path, "is a folder of the room as well; one of them needs another name");
    }

    const members = new Map<string, pulumi.Input<ShareRole>>();
    for (const [address, role] of Object.entries(args.members ?? {})) {
        const email = address.toLowerCase();
        if (members.has(email)) refuse("members", address, "is there twice: addresses are compared without case");
        members.set(email, role);
    }
    return { folders: [...folders.values()], documents, members: [...members] };
}

/** A path as what is above, "" for the root, and the last name. */
function split(path: string): { above: string; last: string } {
    const end = path.lastIndexOf("/");
    return { above: path.slice(0, Math.max(end, 0)), last: path.slice(end + 1) };
}
