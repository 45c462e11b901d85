import { Alert, Button } from "antd";
import { Component, type ReactNode } from "react";
import { withTranslation, type WithTranslation } from "react-i18next";

interface Props extends WithTranslation {
  resetKey: string;
  children: ReactNode;
}

// A screen that breaks does not take the frame, and with it the phone, along.
class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: Props) {
    if (before.resetKey !== this.props.resetKey && this.state.failed) this.setState({ failed: false });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const { t } = this.props;
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        message={t("problem.screenBroke")}
        action={<Button onClick={() => this.setState({ failed: false })}>{t("common.retry")}</Button>}
      />
    );
  }
}

export const ErrorBoundary = withTranslation()(Boundary);
