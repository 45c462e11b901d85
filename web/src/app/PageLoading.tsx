import { Waiting } from "@/components/Problems";

export function PageLoading() {
  return (
    <div className="page">
      <Waiting rows={8} />
    </div>
  );
}
