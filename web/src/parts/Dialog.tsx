import { Modal, type ModalProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useEscapeLayer } from "./layers";

/** A dialog over the page, closed by Escape when nothing is over it; never so with `closeOnEscape` off. */
export function Dialog({ closeOnEscape = true, ...props }: ModalProps) {
  const { t } = useTranslation();
  useEscapeLayer(props.opened, () => closeOnEscape && props.onClose());
  return <Modal closeButtonProps={{ "aria-label": t("common.close") }} {...props} closeOnEscape={false} />;
}
