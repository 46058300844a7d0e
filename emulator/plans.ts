// Plans and the limits of an organization.
import type { Organization } from "./parents";

/** null means unlimited. */
export interface Limits {
    workspaces: number | null;
    shares: number | null;
    members_per_workspace: number | null;
    storage_bytes: number | null;
    credits: number | null;
}

const free: Limits = {
    workspaces: 5,
    shares: 50,
    members_per_workspace: 5,
    storage_bytes: 50 * 1024 ** 3,
    credits: 5000,
};
const unlimited: Limits = {
    workspaces: null,
    shares: null,
    members_per_workspace: null,
    storage_bytes: null,
    credits: null,
};

export const plans = [
    { id: "agent", name: "Agent", amount: 0, limits: free },
    { id: "free", name: "Free", amount: 0, limits: free },
    { id: "pro", name: "Pro", amount: 2900, limits: { ...unlimited, shares: 1000 } },
    { id: "business", name: "Business", amount: 9900, limits: { ...unlimited, shares: 50_000 } },
] as const satisfies readonly { id: string; name: string; amount: number; limits: Limits }[];

export type Plan = (typeof plans)[number]["id"];

export function isPaid(plan: Plan): boolean {
    return plan === "pro" || plan === "business";
}

/** The plan's limits, overlaid by those set for this organization. */
export function limitsOf(organization: Organization): Limits {
    const plan = plans.find(({ id }) => id === organization.plan);
    return { ...(plan?.limits ?? unlimited), ...organization.limits };
}

/** Features that organizations have or lack: by their plan, unless the control plane has said otherwise. */
export const featureNames = ["content_ai", "ai_agent", "signing"] as const;
export type Feature = (typeof featureNames)[number];

export function hasFeature({ plan, switches: { features } }: Organization, name: Feature): boolean {
    return features?.[name] ?? (name !== "signing" && isPaid(plan));
}
