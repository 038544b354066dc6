import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { matches } from "../../parts/matching";
import { useReader } from "../../session/me";
import { zoneCity, zoneLabel } from "../../time/format";

interface ZoneFieldProps {
  value: string;
  /** The moment whose offsets are shown: summer time changes them. */
  at: Date;
  onChange: (zone: string) => void;
}

/** A time zone, found by its name in the reader's language, its offset, or the city by which computers call it. */
export function ZoneField({ value, at, onChange }: ZoneFieldProps) {
  const { t } = useTranslation();
  const { language } = useReader();
  const day = Math.floor(at.getTime() / 86_400_000);
  const data = useMemo(() => {
    const zones = Intl.supportedValuesOf("timeZone");
    return (zones.includes(value) ? zones : [value, ...zones]).map((zone) => ({
      value: zone,
      label: `${zoneLabel(language, zone, new Date(day * 86_400_000))} · ${zoneCity(zone)}`,
    }));
  }, [value, language, day]);
  return (
    <Select
      mt={8}
      searchable
      aria-label={t("event.zone")}
      allowDeselect={false}
      limit={60}
      data={data}
      filter={({ options, search, limit }) =>
        options.filter((zone) => "value" in zone && matches(`${zone.label} ${zone.value}`, search)).slice(0, limit)
      }
      value={value}
      onChange={(zone) => zone && onChange(zone)}
    />
  );
}
