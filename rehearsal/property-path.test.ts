import { parsePropertyPath, resetPath } from "./property-path";
import { secret } from "./values";

test("paths are taken apart as resource options write them", () => {
    expect(parsePropertyPath("tags.a")).toEqual(["tags", "a"]);
    expect(parsePropertyPath('list[0].map["a.b"].*')).toEqual(["list", "0", "map", "a.b", "*"]);
});

test("a property goes back to what it was, or goes", () => {
    const olds = { size: 1, tags: { a: "old", b: "old" }, list: [{ x: 1 }, { x: 2 }] };
    const news = { size: 2, tags: { a: "new", b: "new", c: "new" }, list: [{ x: 8 }, { x: 9 }] };
    expect(resetPath("size", olds, news).size).toBe(1);
    expect(resetPath("tags.a", olds, news).tags).toEqual({ a: "old", b: "new", c: "new" });
    expect(resetPath("tags.c", olds, news).tags).toEqual({ a: "new", b: "new" });
    expect(resetPath("tags.*", olds, news).tags).toEqual({ a: "old", b: "old" });
    expect(resetPath("list[1].x", olds, news).list).toEqual([{ x: 8 }, { x: 2 }]);
    expect(news.tags.a).toBe("new");
});

test("inside a secret too, which stays one", () => {
    expect(resetPath("nested.a", { nested: { a: 1 } }, { nested: secret({ a: 2, b: 3 }) })).toEqual({
        nested: secret({ a: 1, b: 3 }),
    });
});
