// How many live objects of each kind there are.
import type { Backend } from "./call";

export interface Census {
    users: number;
    apiKeys: number;
    organizations: number;
    workspaces: number;
    shares: number;
    organizationMembers: number;
    workspaceMembers: number;
    shareMembers: number;
    invitations: number;
    transferTokens: number;
    assets: number;
    folders: number;
    files: number;
    notes: number;
}

/** Owners' own memberships and root folders are not counted, nor what expired, was answered or lies in the trash. */
export function census({ store, clock }: Backend): Census {
    const { now } = clock;
    const members = (kind: string) =>
        store.count(
            `members WHERE kind = ? AND role <> 'owner' AND status = 'active' AND (expires IS NULL OR expires > ?)`,
            kind,
            now,
        );
    const nodes = (type: string) =>
        store.count("nodes WHERE type = ? AND parentId IS NOT NULL AND trashId IS NULL", type);
    return {
        users: store.count("users WHERE registered = 1"),
        apiKeys: store.count("apiKeys WHERE expires IS NULL OR expires > ?", now),
        organizations: store.count("organizations WHERE closed = 0"),
        workspaces: store.count("workspaces WHERE closed = 0"),
        shares: store.count("shares WHERE closed = 0"),
        organizationMembers: members("organization"),
        workspaceMembers: members("workspace"),
        shareMembers: members("share"),
        invitations: store.count("invitations WHERE state = 'pending' AND (expires IS NULL OR expires > ?)", now),
        transferTokens: store.count("transferTokens WHERE expires > ?", now),
        assets: store.count("assets"),
        folders: nodes("folder"),
        files: nodes("file"),
        notes: nodes("note"),
    };
}
