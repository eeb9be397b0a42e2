// The table editor's own words in Chinese; in English they stay as they are.
const CHINESE = {
  "When": "当", "Then": "则", "And": "并且", "Annotations": "依据", "Annotation": "依据",
  "Hit policy:": "命中方式：", "Hit policy": "命中方式",
  "Unique": "唯一：恰好一条", "First": "首条：自上而下", "Priority": "优先：按结果次序", "Any": "任一：结果相同",
  "Collect": "收集", "Collect (Sum)": "收集（求和）", "Collect (Min)": "收集（最小）", "Collect (Max)": "收集（最大）",
  "Collect (Count)": "收集（计数）", "Rule order": "按规则次序", "Output order": "按结果次序",
  "Input": "条件", "Output": "结果", "Input label": "条件名称", "Output label": "结果名称", "Output name": "结果标识",
  "Input expression": "条件表达式", "Input type": "条件类型", "Output type": "结果类型", "Type": "类型", "Expression": "表达式",
  "Add": "增加", "Add input": "增加条件列", "Add output": "增加结果列", "Add rule": "增加规则",
  "Add rule above": "在上方增加规则", "Add rule below": "在下方增加规则", "Remove rule": "删去规则", "Copy rule": "复制规则",
  "Cut rule": "剪切规则", "Paste rule above": "粘贴到上方", "Paste rule below": "粘贴到下方", "Move rule": "移动规则",
  "Add input column left": "在左边增加条件列", "Add input column right": "在右边增加条件列", "Remove input column": "删去条件列",
  "Add output column left": "在左边增加结果列", "Add output column right": "在右边增加结果列", "Remove output column": "删去结果列",
  "Copy input column": "复制条件列", "Cut input column": "剪切条件列", "Paste input column left": "粘贴到左边",
  "Paste input column right": "粘贴到右边", "Copy output column": "复制结果列", "Cut output column": "剪切结果列",
  "Paste output column left": "粘贴到左边", "Paste output column right": "粘贴到右边",
  "Edit": "修改", "Edit input": "修改条件", "Edit output": "修改结果", "Edit number": "修改数", "Edit string": "修改文字",
  "Edit boolean": "修改是否", "Edit date": "修改日期", "Value": "值", "Values": "值", "Set value": "填写值", "Yes": "是", "No": "否",
  "Comparison": "比较", "Comparison operator": "比较方式", "Range": "区间", "Start value": "起", "End value": "止",
  "Include": "包含", "Exclude": "不包含", "Equals": "等于", "Less": "小于", "Less or equals": "小于等于", "Greater": "大于",
  "Greater or equals": "大于等于", "Between": "介于", "Before": "早于", "After": "晚于", "Exactly": "恰为",
  "Predefined values": "可选的值", "Add predefined values": "列出可选的值", "Clear predefined values": "取消可选的值",
  "Match one": "其中之一", "Match none": "都不是", "Custom values": "自填", "Add values": "增加值", "No values": "没有值",
  "Add cell description": "给单元格加说明", "Remove cell description": "去掉单元格说明", "Decision name": "决定名称",
  "Expression language": "表达式语言", "Change cell expression language": "改变表达式语言", "Enter expression": "填写表达式",
  "string": "文字", "boolean": "是否", "number": "数", "date": "日期", "dateTime": "日期时间", "time": "时间",
  "dayTimeDuration": "时长（天、时）", "yearMonthDuration": "时长（年、月）",
};

export function editorWords(language) {
  const known = language.startsWith("zh") ? CHINESE : {"Annotations": "Basis", "Annotation": "Basis"};
  return (text, values = {}) => (known[text] ?? text).replace(/{([^}]+)}/g, (_, key) => values[key] ?? `{${key}}`);
}
