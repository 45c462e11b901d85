// Chinese for what the services name by codes: enums, reasons, events, fields.
export const zhCodes = {
  enum: {
    state: {
      TICKET_STATE_UNSPECIFIED: "未知", TICKET_STATE_TRANSCRIBE: "待整理", TICKET_STATE_ACCEPTED: "待派单", TICKET_STATE_DISPATCHED: "待签收", TICKET_STATE_SIGNED: "办理中",
      TICKET_STATE_RETURN_REQUESTED: "退单待审", TICKET_STATE_REPLIED: "待审核", TICKET_STATE_CALLBACK: "待回访", TICKET_STATE_CLOSED: "已办结", TICKET_STATE_ARCHIVED: "已归档", TICKET_STATE_REFUSED: "不予受理",
      TICKET_STATE_ANSWER_LATER: "待答复", TICKET_STATE_REPORTED_UP: "呈报待批", TICKET_STATE_COORDINATION: "协调中", TICKET_STATE_ARBITRATION: "争议仲裁",
      TICKET_STATE_APPROVAL: "内部审批", TICKET_STATE_MERGED: "已并案", TICKET_STATE_HANDED_OVER: "已移交",
    },
    type: {
      TICKET_TYPE_UNSPECIFIED: "未分类", TICKET_TYPE_CONSULTATION: "咨询", TICKET_TYPE_HELP: "求助", TICKET_TYPE_COMPLAINT: "投诉", TICKET_TYPE_REPORT: "举报", TICKET_TYPE_SUGGESTION: "建议", TICKET_TYPE_PRAISE: "表扬",
    },
    urgency: { URGENCY_UNSPECIFIED: "一般", URGENCY_ORDINARY: "一般", URGENCY_URGENT: "紧急", URGENCY_CRITICAL: "特急" },
    channel: {
      CHANNEL_UNSPECIFIED: "未知渠道", CHANNEL_PHONE: "电话", CHANNEL_IVR: "自动投诉", CHANNEL_MAILBOX: "语音留言", CHANNEL_WEB: "网站", CHANNEL_SMS: "短信", CHANNEL_APP: "手机应用", CHANNEL_EMAIL: "电子邮件", CHANNEL_LETTER: "来信与传真",
      CHANNEL_KIOSK: "自助终端", CHANNEL_CHAT: "在线交谈", CHANNEL_TRANSFER: "其他热线转来", CHANNEL_VISIT: "来访", CHANNEL_LEADER: "领导交办",
    },
    light: { LIMIT_LIGHT_UNSPECIFIED: "无时限", LIMIT_LIGHT_GREEN: "绿灯", LIMIT_LIGHT_YELLOW: "黄灯", LIMIT_LIGHT_RED: "红灯" },
    step: { dispatch: "派单", sign: "签收", return: "退单", reply: "答复", callback: "回访", other: "时限" },
    agentState: {
      AGENT_STATE_UNSPECIFIED: "未知", AGENT_STATE_SIGNED_OUT: "签出", AGENT_STATE_NOT_READY: "示忙", AGENT_STATE_READY: "示闲", AGENT_STATE_RESERVED: "振铃", AGENT_STATE_TALKING: "通话", AGENT_STATE_WRAP_UP: "话后整理",
    },
    handling: { UNSPECIFIED: "未定", ANSWER: "答复", PASS_ON: "转办", ASSIGN: "交办", COORDINATE: "协调", REPORT_UP: "呈报" },
    repeat: { REPEAT_MARK_PROPOSED: "待审核", REPEAT_MARK_CONFIRMED: "已认定", REPEAT_MARK_REJECTED: "未认定" },
    rating: { RATING_STATE_TO_REVIEW: "待核实", RATING_STATE_UPHELD: "属实", RATING_STATE_DISMISSED: "不属实" },
    phase: { PHASE_UNSPECIFIED: "", PHASE_RINGING: "来电", PHASE_DIALLING: "呼叫中", PHASE_TALKING: "通话中", PHASE_HELD: "保持中", PHASE_ENDED: "已结束" },
    satisfaction: { very_satisfied: "非常满意", satisfied: "满意", neutral: "基本满意", dissatisfied: "不满意", very_dissatisfied: "非常不满意" },
    articleState: { ARTICLE_STATE_UNSPECIFIED: "未知", ARTICLE_STATE_DRAFT: "草稿", ARTICLE_STATE_SUBMITTED: "待审", ARTICLE_STATE_PUBLISHED: "已发布", ARTICLE_STATE_RETIRED: "已停用" },
    role: {
      ROLE_UNSPECIFIED: "未知", ROLE_AGENT: "坐席", ROLE_REMOTE_AGENT: "远端坐席", ROLE_TEAM_LEAD: "班长", ROLE_DISPATCHER: "派单员", ROLE_OFFICER: "承办人", ROLE_UNIT_LEAD: "业务负责人", ROLE_UNIT_HEAD: "分管领导",
      ROLE_COUNTY_SUPERVISOR: "县区督办", ROLE_ENTRY_CLERK: "录入员", ROLE_SUPERVISOR: "督查员", ROLE_LEADER: "市领导", ROLE_KNOWLEDGE_EDITOR: "知识采编", ROLE_KNOWLEDGE_REVIEWER: "知识审核", ROLE_INSPECTOR: "质检员", ROLE_ANALYST: "数据分析",
      ROLE_CONTRACTOR: "外包单位", ROLE_ADMIN: "管理员", ROLE_OPERATOR: "运维",
    },
  },
  unitKind: {
    government_office: "政府办公室", county: "区县", department: "部门", utility: "公共事业", township: "街道乡镇", section: "科室", vertical: "垂直管理单位", company: "国有企业", social: "社会团体", enterprise: "加盟企业",
  },
  strategy: { STRATEGY_UNSPECIFIED: "最长空闲", STRATEGY_LONGEST_IDLE: "最长空闲", STRATEGY_SKILL_LEVEL: "技能优先", STRATEGY_LEAST_OCCUPIED: "最少占用", STRATEGY_ROUND_ROBIN: "轮流" },
  refusal: { outside_city: "不属于本市", emergency: "应由紧急电话处理", litigation: "已进入或应进入诉讼、仲裁、复议等程序", secret: "涉及秘密或隐私", public_order: "违反公序良俗", too_vague: "内容不清，无法办理" },
  history: {
    created: "受理登记", amended: "补充修改", dispatched: "派单", signed: "签收", return_requested: "申请退单", returned: "退单", return_accepted: "同意退单", return_refused: "驳回退单", return_decided: "退单审核", replied: "答复", reviewed: "审核", review_accepted: "审核通过", review_refused: "审核退回",
    callback: "回访", callback_recorded: "回访", callback_attempted: "回访未接通", reworked: "重新办理", closed: "办结", archived: "归档", refused: "不予受理", remarked: "备注", remark: "备注", urging: "催办", instruction: "批示", warned: "黄灯预警", overdue: "超期",
    rated: "电话评价", answered: "答复咨询", approved: "审批通过", approval_refused: "审批退回", arbitrated: "裁定单位", confidential_set: "调整保密", contacted: "联系诉求人", coordinated: "提请协调", deferred: "记录待答", extension_requested: "申请延期", extension_decided: "延期审批",
    group_result: "并案答复", handed_over: "移交", handover_updated: "移交进展", linked: "关联工单", unlinked: "取消关联", mediated: "调解", merged: "并案", split: "拆出并案", opinion: "协办意见", passed_up: "上报市级平台", progress: "报告进展", published: "公开", unpublished: "撤回公开",
    rated_by_citizen: "诉求人评价", rating_reviewed: "差评核实", reopened: "重新办理", repeat_marked: "标记重复诉求", repeat_reviewed: "重复诉求审核", reply_drafted: "拟写答复", reported_up: "呈报领导", return_window_closed: "退单期限已过", review_skipped: "免审核", supervised: "督办",
    document_made: "制发文书", document_failed: "文书未能生成", ban_put: "限制来电", ban_lifted: "解除限制",
    supervision_ended: "结束督办", urgency_set: "调整紧急程度", revealed: "查看诉求人信息", limit: "时限更新", system: "系统", yes: "同意", no: "不同意", someone: "工作人员", other: "其他变更",
  },
  notice: { warning: "预警", overdue: "超期", urging: "催办通知", receipt: "受理告知", result: "结果告知", extension: "延期", progress: "办理进展", supervision: "督办通知", handover: "移交", approval: "待审批", instruction: "领导批示", arbitration: "待裁定", coordination: "提请协调", submission: "呈阅", opinion: "协办意见", opinion_risk: "舆情风险", merged: "并案通知", rating: "差评", repeat: "重复诉求", passed_up: "上报", withdrawn: "诉求人撤回", other: "通知", centre: "热线中心", unitLead: "{{unit}}负责人", unitHead: "{{unit}}分管领导", county: "{{unit}}所在区县", body: "移交单位：{{body}}", toSupervision: "督查中心", toLeader: "市领导", citizen: "诉求人", pending: "待发送" },
  event: {
    TicketCreated: "新工单", TicketDispatched: "工单已派出", TicketSigned: "工单已签收", TicketReturnRequested: "单位申请退单", TicketReturnDecided: "退单已审核", TicketReplied: "单位已答复", TicketReviewed: "答复已审核", TicketCallbackRecorded: "已回访",
    TicketReworked: "工单退回重办", TicketClosed: "工单已办结", TicketRefused: "不予受理", SlaClockWarned: "时限预警", SlaClockOverdue: "时限已过",
  },
  reason: {
    CATALOGUE_HAS_ERRORS: "派单目录还有错误，不能发布", NOTHING_TO_PUBLISH: "与已发布的相同，无须发布", CATALOGUE_ENTRY_NOT_FOUND: "没有这个目录条目", CATALOGUE_VERSION_NOT_FOUND: "没有这一版目录", PROCESS_NOT_FOUND: "没有这一版流程表单", SCRIPT_NOT_FOUND: "没有这个话术", BAN_NOT_FOUND: "没有这条暂停服务记录", BAN_LIFTED: "已经解除", REPEAT_NOT_CONFIRMED: "该工单的重复诉求标记尚未审核认定", CALLER_WITHOUT_PHONE: "该工单没有来电号码", POLICY_NOT_FOUND: "没有这个时限政策", CALENDAR_NOT_FOUND: "没有这一版日历", PREVIEW_BUSY: "另一个预览正在进行，请稍后再试", DOCUMENT_NOT_ALLOWED: "您不能制作这种文书", DOCUMENT_TEMPLATE_NOT_FOUND: "没有这个文书模板", DOCUMENT_NOT_FOUND: "没有这份文书", TOO_MANY_TEMPLATES: "模板太多", FILE_NOT_STORED: "文件未能保存，请稍后再试", TOO_MANY_POLICIES: "时限政策太多",
    BAD_CREDENTIALS: "用户名或密码不正确", TOO_MANY_ATTEMPTS: "尝试次数过多，请稍后再试", SIGNED_OUT: "登录已失效，请重新登录", ETAG_MISMATCH: "内容已被他人更改，已显示最新状态，请核对后再试", WRONG_STATE: "工单当前的状态不能进行此操作", WRONG_UNIT: "该工单不属于您的单位",
    TICKET_NOT_FOUND: "没有找到该工单，或您无权查看", AGENT_IN_CALL: "通话中不能签出", AGENT_NOT_READY: "坐席状态不允许此操作", AGENT_NOT_FOUND: "您的账号尚未设为坐席", NUMBER_NOT_ALLOWED: "不允许拨打该号码", QUOTA_EXCEEDED: "拨打次数已达上限", NOT_CONNECTED: "电话连接中断，操作未发出",
    OWN_ARTICLE: "不能审核自己的文章", FLOW_FAULTY: "流程有问题，不能发布", USER_EXISTS: "用户名已存在", UNIT_EXISTS: "单位标识已存在", WEAK_PASSWORD: "密码过于简单", RECORDING_NOT_FOUND: "没有找到该录音", ARTICLE_NOT_FOUND: "没有找到该文章", UNREACHABLE: "无法连接服务器，请稍后重试",
    CALLER_PROTECTED: "该诉求人的信息受保护，不能查看", UNIT_INACTIVE: "该单位已停用", REMARK_NOT_ALLOWED: "您不能添加这类备注", TELEPHONY_UNAVAILABLE: "电话服务暂不可用", SLA_TIMER_UNAVAILABLE: "时限服务暂不可用，请稍后再试", TRUNK_DOWN: "中继线路中断", NUMBER_INVALID: "号码不正确", LAST_ADMIN: "至少要保留一名管理员", CATEGORY_NOT_FOUND: "分类不存在", UNIT_NOT_FOUND: "单位不存在", UNIT_OUTSIDE_SUBTREE: "该单位不在您的管理范围内", UNIT_TOO_DEEP: "单位层级过深", AGENT_SIGNED_OUT: "坐席尚未签入", STORE_BEHIND: "系统繁忙，请稍后再试", SERVICE_UNAVAILABLE: "系统的一部分暂时没有响应，请稍后再试", TIMED_OUT: "系统响应超时，请稍后再试", REQUEST_ID_REUSED: "该请求已经提交过", DRAFT_OPEN: "该文章已有未完成的草稿", CALL_NOT_FOUND: "没有找到该通话", ACCESS_DENIED: "您没有权限进行此操作", BAD_REFRESH_TOKEN: "登录已失效，请重新登录", SESSION_REVOKED: "登录已失效，请重新登录", NOT_DECIDER: "这项审批由其他岗位决定", ONLY_CONSULTATIONS: "只适用于咨询", ONLY_COMPLAINTS: "只适用于投诉和纠纷", RETURN_BARRED: "该工单经裁定，不能再退单", RETURN_TOO_LATE: "已过退单期限", EXTENSION_PENDING: "已有待审批的延期申请", NO_EXTENSION_PENDING: "没有待审批的延期申请", EXTENSION_TOO_LATE: "答复时限已过，不能申请延期",
    SHEET_EXPECTED: "请上传表格文件（逗号分隔或电子表格）", SHEET_UNREADABLE: "表格文件无法读取", SHEET_TOO_LARGE: "表格文件过大", BAD_TITLES: "表格的标题行不正确，请使用模板", UPLOAD_INCOMPLETE: "文件没有传完，请重新上传", TOO_MANY_UPLOADS: "正在上传的文件太多，请稍后再试", SHEET_NOT_WRITTEN: "表格文件无法生成",
    SEARCH_TOO_BROAD: "查询范围太大,请增加条件", CALLER_SEARCH_NOT_ALLOWED: "您无权按来电人查询", BLOB_UNREADABLE: "存储的数据无法读取", IMPORT_NOT_FOUND: "没有这个导入任务", TOO_MANY_IMPORTS: "正在进行的导入太多,请稍后再试", EXPORT_TOO_LARGE: "导出的行数超出上限,请缩小范围",
    EXTENSION_LIMIT: "延期次数或时长超出规定", NOT_APPROVER: "您不是这一级的审批人", CALLBACK_BY_SUPERVISION: "批办件由督查人员回访", RATING_PENDING: "差评尚未核实", REOPEN_TOO_LATE: "已过重新办理的期限或次数", ALREADY_RATED: "该事项已经评价过", NOTHING_TO_REVIEW: "没有需要审核的内容", NOTHING_TO_CHANGE: "内容没有变化", NOT_PUBLISHABLE: "该工单的信息受保护，不能公开",
    SUGGESTION_CHANGED: "推荐已变化，请重新查看",
    GROUP_NOT_OPEN: "并案主单已办结或不可并入", GROUP_HAS_MEMBERS: "该工单本身是并案主单", HISTORY_TOO_OLD: "工单的早期记录不完整，不能进行此操作", TOO_MANY_LINKS: "关联的工单过多", DIRECTORY_UNAVAILABLE: "单位资料暂不可用，请稍后再试", CATALOGUE_FULL: "目录已满", HISTORY_FULL: "工单的记录已满，不能再添加备注", NUMBERS_EXHAUSTED: "今日编号已用完", BAD_FILTER: "筛选条件不正确",
    CALLER_UNREADABLE: "诉求人信息无法读取", INVALID_FIELD: "提交的内容有误", INVALID_ARGUMENT: "提交的内容有误", RECORDING_FILE_ERROR: "录音文件无法读取", BAD_PAGE_TOKEN: "列表已变化，请刷新后再试",
  },
  faultReason: {
    UNKNOWN_PLACEHOLDER: "有不认识的占位", BAD_PLACEHOLDER: "有没写完的占位", UNKNOWN_KEY: "是不认识的键", BAD_TYPE: "的类型不对", BAD_TEXT: "的文字不合要求", BAD_LIST: "的列表不合要求", MISMATCH: "与内容不一致", CYCLE: "不能是自己或下级",
    REQUIRED: "必填", TOO_LONG: "过长", TOO_SHORT: "过短", OUT_OF_RANGE: "超出范围", BAD_FORMAT: "格式不正确", INVALID: "不正确", UNKNOWN: "不存在", UNKNOWN_VALUE: "不是允许的值", NOT_ALLOWED: "不允许", WEAK_PASSWORD: "密码过于简单", UNKNOWN_CATEGORY: "分类不存在", UNKNOWN_UNIT: "单位不存在",
    TOO_MANY: "过多", DUPLICATE: "重复", UNKNOWN_FIELD: "不是已知的字段", BAD_VALUE: "不正确", IMMUTABLE: "不能更改", WRONG_TYPE: "类型不正确", BAD_JSON: "格式不正确", BAD_UTF8: "编码不正确",
  },
  fieldName: {
    entry_id: "标识", field_id: "标识", script_id: "标识", template_id: "标识", policy_id: "标识", effective_from: "起始日期", effective_to: "截止日期", default_unit_id: "默认承办单位", parent_id: "上级", order: "顺序", script: "提示语", steps: "环节", rules: "规则", fields: "项目", choices: "选项", name_en: "英文名称", max_length: "最多字数", max: "最多字数", required: "必填项目", approvals: "单位内审批", return_decider: "退单审批", extension_decider: "延期审批", arbitration_after: "仲裁", max_rework: "重办次数", reopen_days: "重启天数", limit: "期限", amount: "数量", unit: "单位", warn_percent: "黄灯", warn_before_minutes: "黄灯", max_extensions: "延期次数", max_extension: "每次延期", basis: "依据", step: "标识", states: "状态", start: "开始", ladder: "督办阶梯", after: "超期后", document: "文书", description: "说明", days: "天数", date: "日期", count: "次数", audience: "给谁看", blocks: "内容块", rows: "行", widths: "列宽", min_lines: "最少行数", until_time: "截止", ticket_id: "工单", id: "标识",
    type: "类型", title: "标题", content: "诉求内容", category_id: "事项分类", area_code: "区域", place: "地点", urgency: "紧急程度", name: "姓名", phone: "联系电话", party_complained_of: "被诉对象", answer: "答复", dispatch_unit_id: "承办单位", unit_id: "承办单位", channel: "来源渠道",
    due_time: "时间", co_unit_ids: "协办单位", group_ticket_id: "并案主单", other_ticket_id: "另一工单", outcome: "办理结果", measure: "督办措施", addressees: "送达", score: "评价", comment: "意见", to: "呈报对象", reference: "对方编号", referred_to: "指引的受理单位", internal_note: "内部备注", suggested_unit_id: "建议承办单位", occur_time: "发生时间", nature: "事项性质", parties_concerned: "涉及人员", kind: "类别", status: "办理情况", extra: "其他项目", links: "关联工单", repeat_mark: "重复诉求", rating: "评价", supervised: "督办", confidential: "保密", published: "公开内容",
    text: "内容", reason: "原因", note: "说明", satisfaction: "满意度", user_name: "用户名", password: "密码", display_name: "姓名", roles: "角色", state: "状态", label: "用途", body: "正文", definition_json: "流程定义", page_token: "翻页标记", number: "号码", query: "搜索内容", etag: "版本",
  },
};
