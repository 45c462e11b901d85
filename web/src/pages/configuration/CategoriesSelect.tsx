// Several categories, each with those below it.
import { TreeSelect } from "antd";
import { useMemo } from "react";
import { categoryTree, type TreeNode, useCategories, useNamed } from "@/lib/catalogue";

export default function CategoriesSelect({ id, label, values, placeholder, onChange }: { id: string; label: string; values: string[]; placeholder: string; onChange: (values: string[]) => void }) {
  const query = useCategories();
  const named = useNamed();
  const tree = useMemo(() => categoryTree(query.data ?? [], (c) => named(c, c.categoryId)), [query.data, named]);
  return (
    <TreeSelect<string[]>
      id={id}
      aria-label={label}
      multiple
      allowClear
      showSearch
      value={values}
      onChange={onChange}
      treeData={tree}
      filterTreeNode={(input, node) => (node as unknown as TreeNode).words.includes(input.trim().toLowerCase())}
      placeholder={placeholder}
      style={{ width: "100%" }}
      popupMatchSelectWidth={360}
    />
  );
}
