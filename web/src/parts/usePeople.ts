import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useEffectEvent, useRef } from "react";
import { api } from "../api/client";
import type { DirectoryPerson } from "../api/wire";
import { foundFor } from "./matching";

/** How long a pause in typing is, in milliseconds. */
const PAUSE = 120;

interface Found {
  people: readonly DirectoryPerson[];
  /** These are the answer to what is typed: nobody else is to come, and the first one may be chosen by Enter. */
  settled: boolean;
  error: unknown;
}

/** Colleagues by what is typed of their name, address or department. */
export function usePeople(typed: string, limit: number): Found {
  const wanted = typed.trim();
  const [query] = useDebouncedValue(wanted, PAUSE);
  const { data, error, isPlaceholderData } = api.useQuery(
    "get",
    "/api/v1/directory",
    { params: { query: { query, limit } } },
    { enabled: query !== "", placeholderData: (before) => before },
  );
  if (wanted === "") return { people: [], settled: false, error: null };
  const answered = query === wanted && !isPlaceholderData;
  const items = data?.items ?? [];
  return {
    people: answered ? items : foundFor(items, wanted),
    settled: answered && data !== undefined,
    error: query === wanted ? error : null,
  };
}

/** Enter pressed before the answer is there counts once it is, unless something else is typed by then. */
export function useEarlyEnter(typed: string, settled: boolean, choose: () => void): () => void {
  const pressedFor = useRef<string | null>(null);
  const act = useEffectEvent(choose);
  useEffect(() => {
    const pressed = pressedFor.current === typed;
    if (pressed && !settled) return;
    pressedFor.current = null;
    if (pressed) act();
  }, [typed, settled]);
  return () => {
    pressedFor.current = typed;
  };
}
