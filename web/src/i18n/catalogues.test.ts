import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import cs from "./cs.json";
import en from "./en.json";
import ja from "./ja.json";
import ko from "./ko.json";
import { chooseLanguage, type Language, languages } from "./languages";
import zh from "./zh-TW.json";

const catalogues: Record<Language, object> = { en, "zh-TW": zh, ja, ko, cs };
const plural = /_(zero|one|two|few|many|other)$/;

function flat(node: object, prefix = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "string") texts.set(prefix + key, value);
    else for (const [inner, text] of flat(value as object, `${prefix}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

/** Keys without their plural endings; a word like `told_other` counts as plural only when English counts it too. */
function bases(texts: Map<string, string>): Set<string> {
  return new Set([...texts.keys()].map((key) => key.replace(plural, "")));
}

function placeholders(text: string): string {
  return [...new Set(text.match(/\{\{\w+\}\}/g))].sort().join();
}

const english = flat(en);

describe.each(languages)("the texts of %s", (language) => {
  const texts = flat(catalogues[language]);

  it("have the same keys as English", () => {
    expect([...bases(texts)].sort()).toEqual([...bases(english)].sort());
  });

  it("have every plural form of the language, and no other", () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const base of bases(texts)) {
      if (!english.has(`${base}_other`)) continue;
      const forms = [...texts.keys()].filter((key) => key.replace(plural, "") === base && plural.test(key));
      expect(forms.map((key) => plural.exec(key)?.[1]).sort(), base).toEqual([...wanted].sort());
    }
  });

  it("fill in the same placeholders", () => {
    for (const [key, text] of texts) {
      const model = english.get(key) ?? english.get(`${key.replace(plural, "")}_other`);
      const own = placeholders(text);
      // "One meeting" may leave its number out.
      const withoutCount = placeholders(model ?? "")
        .replace(/\{\{count\}\},?/, "")
        .replace(/,$/, "");
      const allowed = plural.test(key) ? [placeholders(model ?? ""), withoutCount] : [placeholders(model ?? "")];
      expect(allowed, key).toContain(own);
    }
  });

  it("say something everywhere", () => {
    for (const [key, text] of texts) expect(text.trim(), key).not.toBe("");
  });
});

it("every text that the pages ask for by its whole name is there", () => {
  const asked = new Set<string>();
  const root = path.join(import.meta.dirname, "..");
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(file) || file.endsWith(".test.ts")) continue;
    for (const [, key] of readFileSync(path.join(root, file), "utf8").matchAll(/\bt\(\s*"([\w.-]+)"/g))
      if (key) asked.add(key);
  }
  expect(asked.size).toBeGreaterThan(150);
  const missing = [...asked].filter((key) => !english.has(key) && !english.has(`${key}_other`));
  expect(missing).toEqual([]);
});

describe("the language of a reader", () => {
  it.each([
    [["cs-CZ"], "cs"],
    [["zh-Hant-TW", "en"], "zh-TW"],
    [["ZH-tw"], "zh-TW"],
    [["fr", "ko-KR"], "ko"],
    [[null, undefined, "ja"], "ja"],
    [["fr"], "en"],
    [[], "en"],
  ] as const)("%j is served by %s", (wanted, served) => {
    expect(chooseLanguage(wanted)).toBe(served);
  });
});
