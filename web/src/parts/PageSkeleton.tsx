import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Stands for a page while its first data come. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className="page" role="status" aria-label={t("waiting.loading")}>
      <Skeleton height={28} width={220} mb={14} />
      <Skeleton height={16} width={380} maw="80%" mb={26} />
      <Skeleton height={132} radius="lg" mb={12} />
      <Skeleton height={132} radius="lg" mb={12} />
    </div>
  );
}
