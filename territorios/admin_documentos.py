"""Central: el membrete de los documentos y los documentos que se emitieron."""

from django import forms
from django.contrib import admin
from django.core.files.base import ContentFile
from django.utils.html import format_html

from .administracion import AdminConHistoria, FormularioDeCentral, HistoriaSoloLectura, SoloLectura
from .archivos import nombre_al_azar
from .imagenes import ImagenRechazada, recodificar_logotipo
from .models import DocumentoEmitido, Logotipo, SerieDeDocumentos


class LogotipoForm(FormularioDeCentral):
    """La imagen se vuelve a hacer desde sus puntos antes de guardarla."""

    class Meta:
        model = Logotipo
        fields = ["nombre", "texto_alternativo", "orden", "desde", "hasta", "imagen"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "imagen" in self.fields:
            self.fields["imagen"] = forms.FileField(
                label="Imagen",
                help_text="PNG, JPEG o WebP de hasta 10 MB, mejor con fondo transparente. Mide "
                "12 mm de alto en el papel. Después no se cambia: para poner otra, cierre el "
                "período de esta y agregue un logotipo nuevo.",
                widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
                error_messages={"required": "Elija la imagen del logotipo."},
            )

    def clean_imagen(self):
        try:
            contenido, ancho, alto = recodificar_logotipo(self.cleaned_data["imagen"])
        except ImagenRechazada as rechazo:
            raise forms.ValidationError(rechazo.mensaje) from rechazo
        self.instance.ancho, self.instance.alto = ancho, alto
        return ContentFile(contenido, nombre_al_azar("logotipos", "png"))


@admin.register(Logotipo)
class LogotipoAdmin(AdminConHistoria):
    form = LogotipoForm
    list_display = ["nombre", "vista_previa", "orden", "desde", "hasta"]
    search_fields = ["nombre", "texto_alternativo"]

    def get_fields(self, request, obj=None):
        campos = ["nombre", "texto_alternativo", "orden", "desde", "hasta"]
        return [*campos, "vista_previa"] if obj else [*campos, "imagen"]

    def get_readonly_fields(self, request, obj=None):
        suyos = [campo for campo in super().get_readonly_fields(request, obj) if campo != "imagen"]
        return [*suyos, "vista_previa"]

    @admin.display(description="vista previa")
    def vista_previa(self, logotipo):
        if not logotipo.en_linea:
            return "El archivo no está en el disco."
        alto = min(64, logotipo.alto)
        return format_html(
            '<img src="{}" alt="{}" height="{}">',
            logotipo.en_linea,
            logotipo.texto_alternativo,
            alto,
        )


@admin.register(DocumentoEmitido)
class DocumentoEmitidoAdmin(HistoriaSoloLectura):
    list_display = ["titulo", "numero_legible", "clase", "oficina", "emitido", "emitido_por"]
    list_select_related = ["emitido_por"]
    list_filter = ["clase", "anio", "conserva"]
    search_fields = ["=codigo", "=numero", "titulo", "=oficina", "=sha256"]
    # Lo entrega su página, que vuelve a autorizar.
    exclude = ["archivo"]

    def get_queryset(self, request):
        """La central no lee por aquí lo que no ve en su lista: títulos de borradores de un GAD."""
        return super().get_queryset(request).visibles_para(request.user)

    def alcanza(self, request, object_id):
        return self.get_queryset(request).filter(pk=object_id).exists()

    @admin.display(description="número", ordering="numero")
    def numero_legible(self, documento):
        return documento.numero_legible or "sin número"


@admin.register(SerieDeDocumentos)
class SerieDeDocumentosAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["oficina", "anio", "ultimo"]
    list_filter = ["anio"]
