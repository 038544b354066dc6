import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";

interface CountFieldProps extends Omit<NumberInputProps, "value" | "onChange"> {
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}

/** A whole number. What is half typed, or nothing, stays in the field and is not taken; leaving it shows what counts. */
export function CountField({ value, min, max, onChange, ...look }: CountFieldProps) {
  const [typed, setTyped] = useState<string | number | null>(null);
  return (
    <NumberInput
      {...look}
      min={min}
      max={max}
      allowDecimal={false}
      value={typed ?? value}
      onChange={(next) => {
        const counts = typeof next === "number" && next >= min && next <= max;
        setTyped(counts ? null : next);
        if (counts) onChange(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
