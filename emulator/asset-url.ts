// Where the asset of a user, organization, workspace or share can be read; null when it is not set.
import type { Call } from "./call";

export type AssetFamily = "user" | "org" | "workspace" | "share";

export function assetUrl(call: Call, family: AssetFamily, parentId: string, name: string): string | null {
    const isSet = call.store.get("SELECT 1 FROM assets WHERE parentId = ? AND name = ?", parentId, name);
    return isSet ? `${call.origin}/current/${family}/${parentId}/assets/${name}/read/` : null;
}
