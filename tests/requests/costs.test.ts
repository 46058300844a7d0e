/** What each verb costs: no request without a reason, and the page says what is counted. */
import { readFileSync } from "node:fs";
import { type Costs, costsPage, countCosts, gaps } from "./costs";
import { countNights, type Night } from "./nights";

jest.setTimeout(60_000);

let costs: Costs;
let nights: readonly Night[];

beforeAll(async () => {
    costs = await countCosts();
    nights = await countNights();
});

test("every request has a reason, and every reason a request", () => {
    expect(gaps(costs)).toEqual({ unused: [], unexplained: [] });
});

test("docs/costs.md says what is counted", () => {
    expect(readFileSync("docs/costs.md", "utf8")).toBe(costsPage(costs, nights));
});

test.each(["OrganizationMember", "WorkspaceMember", "ShareMember", "Workspace", "Share", "TransferToken"])(
    "%s: one request for each after the first, and none to refresh it",
    (kind) => {
        const counted = costs.get(kind);
        expect([counted?.["each further create"].length, counted?.["each further refresh"]]).toEqual([1, []]);
    },
);

test("thirty nights: one e-mail each, and a further one only for a reason", () => {
    expect(Object.fromEntries(nights.map(({ who, emails, warnings }) => [who, [emails, warnings]]))).toEqual({
        "has an account and stays": [1, 0],
        "is invited and joins": [1, 0],
        "is invited and declines": [1, 26],
        "is invited and never answers": [1, 0],
        "lets each invitation run out, which the service ends after ten days": [3, 0],
        "has not answered by the `invitationExpires` of the program": [1, 20],
        "is a member until the `expires` of the program": [1, 20],
        "is put out by hand once, or leaves": [2, 0],
    });
});
