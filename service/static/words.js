// The words of the page in Vietnamese and English, and of the codes that extractions hold.
export const words = {
  vi: { skip:"Tới nội dung", tag:"Đọc văn bản hành chính", another:"Đọc văn bản khác", title:"Thả công văn vào đây, nhận lại từng trường thông tin",
    lead:"Số ký hiệu, ngày, cơ quan ban hành, nơi nhận, văn bản viện dẫn, nhiệm vụ và thời hạn – mỗi giá trị chỉ rõ vị trí trên trang.",
    drop:"Kéo thả tệp vào đây, hoặc", pick:"Chọn tệp", shoot:"Chụp ảnh", kinds:"PDF, ảnh chụp, ảnh quét, DOCX, DOC, RTF, ODT, HTML, EML, văn bản thuần. Tệp không bị lưu lại.",
    try:"Chưa có tệp? Thử với", typed:"công văn đánh máy", scan:"kế hoạch quét ảnh", keyTitle:"Cần khóa truy cập", keyText:"Máy chủ yêu cầu khóa API. Hỏi người quản trị (lệnh «congvan keys add»).", keyLabel:"Khóa API", keyOk:"Dùng khóa này",
    sending:"Đang gửi", reading:"Đang đọc", seconds:"giây", waiting:"Đang chờ", done:"Xong", failed:"Không đọc được", scanNote:"Bản quét cần khoảng vài giây mỗi trang.", again:"Thử lại", network:"Không kết nối được với máy chủ", networkHelp:"Kiểm tra xem dịch vụ còn chạy không rồi thử lại.",
    pages:"Trang", image:"Ảnh trang", text:"Văn bản", zones:"Hiện các vùng", noPicture:"Không vẽ được trang này.", json:"Tải JSON", copy:"Chép tóm tắt", copied:"Đã chép", warnings:"Cần lưu ý", fields:"Thông tin chung", people:"Nơi gửi và nhận", tasks:"Nhiệm vụ", refs:"Văn bản viện dẫn", signer:"Người ký",
    noTasks:"Văn bản không giao nhiệm vụ nào.", noRefs:"Văn bản không viện dẫn văn bản nào.", check:"cần kiểm tra", inferred:"suy ra, không ghi trên trang", noSubject:"(không có trích yếu)", noDeadline:"Không ghi thời hạn", late:"quá hạn {n} ngày", today:"hạn hôm nay", left:"còn {n} ngày", by:"Chủ trì", with:"Phối hợp", report:"Báo cáo về", other:"Trong:",
    origin_ocr:"Nhận dạng từ ảnh", origin_embedded:"Văn bản số", origin_mixed:"Văn bản số và ảnh",
    document_type:"Tên loại", identifier:"Số, ký hiệu", date:"Ngày ban hành", place:"Nơi ban hành", issuer:"Cơ quan ban hành", parent_body:"Cơ quan chủ quản", subject:"Trích yếu", urgency:"Độ khẩn", secrecy:"Độ mật", archive_note:"Lưu", addressee:"Kính gửi", recipient:"Nơi nhận", authority:"Thẩm quyền ký", signer_title:"Chức vụ", name:"Họ tên", task:"Nhiệm vụ", ref:"Viện dẫn" },
  en: { skip:"To the content", tag:"Reads Vietnamese official letters", another:"Read another letter", title:"Drop a letter here and get every field back",
    lead:"Number, date, issuer, recipients, cited documents, tasks and deadlines – each value shows where it stands on the page.",
    drop:"Drag files here, or", pick:"Choose files", shoot:"Take a photo", kinds:"PDF, photo, scan, DOCX, DOC, RTF, ODT, HTML, EML, plain text. Files are not kept.",
    try:"No file at hand? Try", typed:"a typed letter", scan:"a scanned plan", keyTitle:"A key is needed", keyText:"This server asks for an API key. Ask its administrator (congvan keys add).", keyLabel:"API key", keyOk:"Use this key",
    sending:"Sending", reading:"Reading", seconds:"s", waiting:"Waiting", done:"Done", failed:"Cannot be read", scanNote:"A scan takes a few seconds a page.", again:"Try again", network:"The server cannot be reached", networkHelp:"Check that the service is running, then try again.",
    pages:"Page", image:"Page", text:"Text", zones:"Show zones", noPicture:"This page cannot be drawn.", json:"Download JSON", copy:"Copy summary", copied:"Copied", warnings:"Please note", fields:"Letter", people:"From and to", tasks:"Tasks", refs:"Cited documents", signer:"Signer",
    noTasks:"The letter gives no task.", noRefs:"The letter cites no document.", check:"please check", inferred:"inferred, not on the page", noSubject:"(no subject)", noDeadline:"No deadline stated", late:"{n} days overdue", today:"due today", left:"{n} days left", by:"Responsible", with:"With", report:"Report to", other:"In:",
    origin_ocr:"Recognised from images", origin_embedded:"Digital text", origin_mixed:"Digital text and images",
    document_type:"Type", identifier:"Number and symbol", date:"Date", place:"Place", issuer:"Issuer", parent_body:"Parent body", subject:"Subject", urgency:"Urgency", secrecy:"Secrecy", archive_note:"File note", addressee:"To", recipient:"Copy to", authority:"Authority", signer_title:"Title", name:"Name", task:"Task", ref:"Cited" },
};
export const codes = {
  khan:"Khẩn", thuong_khan:"Thượng khẩn", hoa_toc:"Hỏa tốc", hoa_toc_hen_gio:"Hỏa tốc hẹn giờ", mat:"Mật", toi_mat:"Tối mật", tuyet_mat:"Tuyệt mật",
  tuyen_truyen:"Tuyên truyền", trien_khai:"Triển khai", phoi_hop:"Phối hợp", tham_muu:"Tham mưu", xay_dung_van_ban:"Xây dựng văn bản", kiem_tra:"Kiểm tra", bao_cao:"Báo cáo", gop_y:"Góp ý", cu_nguoi:"Cử người", khen_thuong:"Khen thưởng", kinh_phi:"Kinh phí", ra_soat:"Rà soát", giai_quyet:"Giải quyết", dao_tao:"Đào tạo", cung_cap:"Cung cấp",
  can_cu:"căn cứ", thuc_hien:"thực hiện", duoc_trien_khai_boi:"được triển khai bởi", tra_loi:"trả lời", kem_theo:"kèm theo", sua_doi:"sửa đổi", thay_the:"thay thế", bai_bo:"bãi bỏ", tiep_theo:"tiếp theo", vien_dan:"viện dẫn",
};
let lang = localStorage.getItem("lang") || "vi";
export const language = () => lang;
export const t = (key, n) => (words[lang][key] ?? words.vi[key] ?? key).replace("{n}", n ?? "");
export const code = (value) => codes[value] ?? value;
export const day = (iso) => /^\d{4}-\d\d-\d\d$/.test(iso ?? "") ? iso.split("-").reverse().join("/") : (iso ?? "");
export function translate(next) {
  if (next) { lang = next; localStorage.setItem("lang", next); }
  document.documentElement.lang = lang;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
}
