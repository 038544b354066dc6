import { expect, it } from "vitest";
import { readAddresses } from "./GuestField";

it("finds addresses in what was pasted", () => {
  const read = readAddresses('Anna <Anna@Acme.test>, li@acme.test;\n"王小明" <wang@acme.test>, Marek');
  expect(read.guests.map((guest) => [guest.email, guest.name])).toEqual([
    ["anna@acme.test", "Anna"],
    ["li@acme.test", undefined],
    ["wang@acme.test", "王小明"],
  ]);
  expect(read.rest).toBe("Marek");
});

it("takes nothing for an address that is none", () => {
  for (const text of ["anna", "anna@", "@acme.test", "a b@acme.test", "anna@acme"])
    expect(readAddresses(text).guests, text).toEqual([]);
});
