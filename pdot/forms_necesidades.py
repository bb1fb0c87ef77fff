"""Lo que se teclea de las necesidades y lo que se filtra de su lista."""

from django import forms
from django.db.models import Q

from acompanamiento.models import Grupo
from talleres.campos import UnoDe
from talleres.models import Encuentro
from territorios.filtros import CampoOpcion
from territorios.models import Gad, Territorio, Zona

from .forms_listas import FormularioConListas
from .models import Necesidad

AJENO = "Elija uno de la lista: los que usted acompaña."
SIN_CONSTANCIA = "Diga qué lo prueba: número de oficio, acta, pregunta de la evaluación o página."


def gads_que_acompana(usuario):
    gads = Gad.objects.vigentes().para_lista().order_by("pk")
    return gads if usuario.ve_el_pais else gads.filter(territorio__zona=usuario.zona_id)


def gads_para_elegir(usuario, codigo, zona):
    """Los de una zona: la de quien acompaña o, para quien ve el país, la que se diga.

    `codigo`, el GAD ya elegido, dice su zona. Sin ninguno de los dos, la central no elige todavía
    entre 1.066: primero escoge la zona.
    """
    gads = gads_que_acompana(usuario)
    if not usuario.ve_el_pais:
        return gads
    if codigo:
        return gads.filter(territorio__zona__in=Territorio.objects.filter(pk=codigo).values("zona"))
    return gads.filter(territorio__zona=zona) if zona else gads.none()


class NecesidadForm(FormularioConListas):
    """Una necesidad. La zona dice de quién es y de dónde salió; un GAD declara las suyas."""

    grupo = UnoDe(
        label="Grupo",
        required=False,
        help_text="Si es de todo el grupo.",
        error_messages={"invalid_choice": AJENO},
    )
    gad = UnoDe(
        label="GAD",
        required=False,
        help_text="Si es de uno solo.",
        error_messages={"invalid_choice": AJENO},
    )
    encuentro = UnoDe(
        label="Encuentro en que se dijo (opcional)",
        required=False,
        error_messages={"invalid_choice": "Ese encuentro no está entre los que usted edita."},
    )

    class Meta:
        model = Necesidad
        fields = [
            "tema",
            "detalle",
            "componente",
            "modalidad",
            "prioridad",
            "asumible",
            "actor",
            "origen",
            "constancia",
        ]
        widgets = {"detalle": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "tema": "Qué hace falta",
            "detalle": "Detalle (opcional)",
            "asumible": "El GAD puede asumirla con lo suyo; si no, viene de afuera",
            "actor": "Quién podría atenderla (opcional)",
            "origen": "De dónde sale",
            "constancia": "Constancia",
        }
        help_texts = {
            "tema": "Como se lo diría a quien va a ayudar: «Formular proyectos para cooperación».",
        }

    de_uno = ("grupo", "gad", "encuentro")
    field_order = ["tema", "detalle", "grupo", "gad"]

    def __init__(self, *args, usuario, inicial=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.es_nueva = self.instance.pk is None
        self.zonas = []
        self.initial |= inicial or {}
        if usuario.gad_id:
            self._de_un_gad(usuario)
        else:
            self._de_quien_acompana(usuario)

    def _de_un_gad(self, usuario):
        for campo in ("grupo", "gad", "encuentro", "origen"):
            del self.fields[campo]
        self.fields["constancia"].label = "Constancia (opcional)"
        self.instance.origen = Necesidad.Origen.DECLARACION
        if self.es_nueva:
            self.instance.gad_id = usuario.gad_id

    def _de_quien_acompana(self, usuario):
        """De quién es no cambia: una necesidad mal puesta se retira y se declara otra."""
        if self.es_nueva:
            grupos = Grupo.objects.editables_por(usuario).conformados()
            self.fields["grupo"].ofrecer(grupos, vacia="— De ninguno en particular —")
            self._ofrecer_gads(usuario)
        else:
            del self.fields["grupo"], self.fields["gad"]
        encuentros = Encuentro.objects.editables_por(usuario).select_related("gad__territorio")
        recientes = encuentros.order_by("-fecha", "-pk")[:200]
        self.fields["encuentro"].ofrecer(
            [*recientes, *self._el_que_lleva()],
            etiqueta=lambda uno: f"{uno.fecha:%d/%m/%Y} · {uno.tema}",
            vacia="— De ninguno —",
        )
        self.initial.setdefault("encuentro", self.instance.encuentro_id)
        self.fields["constancia"].required = False

    def _ofrecer_gads(self, usuario):
        codigo = self.data.get("gad") or self.initial.get("gad")
        gads = list(gads_para_elegir(usuario, codigo, self.initial.get("zona")))
        campo = self.fields["gad"]
        campo.ofrecer(gads, etiqueta=lambda gad: gad.nombre_con_lugar, vacia="— Elija —")
        if usuario.ve_el_pais:
            self.zonas = list(Zona.objects.all())
            campo.help_text = "Si es de uno solo: arriba se elige de qué zona."

    def _el_que_lleva(self):
        return [self.instance.encuentro] if self.instance.encuentro_id else []

    def clean(self):
        datos = super().clean()
        if "grupo" in self.fields:
            self._exigir_un_duenio(datos)
        origen = datos.get("origen")
        sin_encuentro = not datos.get("encuentro") and "encuentro" not in self.errors
        if origen == Necesidad.Origen.ENCUENTRO and sin_encuentro:
            self.add_error("encuentro", "Diga en qué encuentro se dijo.")
        pide = (Necesidad.Origen.EVALUACION, Necesidad.Origen.DOCUMENTO)
        if origen in pide and not datos.get("constancia") and "constancia" not in self.errors:
            self.add_error("constancia", SIN_CONSTANCIA)
        return datos

    def _exigir_un_duenio(self, datos):
        elegidos = [campo for campo in ("grupo", "gad") if datos.get(campo)]
        if len(elegidos) != 1 and not {"grupo", "gad"} & set(self.errors):
            self.add_error("grupo", "Elija un grupo o un GAD: de uno de los dos es la necesidad.")


class RetiroForm(forms.Form):
    motivo = forms.CharField(
        label="Por qué se retira",
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Escriba por qué se retira."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def _opciones(etiqueta, opciones, todas="Todas"):
    return CampoOpcion(
        label=etiqueta,
        required=False,
        choices=[("", todas), *opciones],
        error_messages={"invalid_choice": "«%(value)s» no está entre las opciones: escoja una."},
    )


class FiltroNecesidades(forms.Form):
    """Filtros de la lista; van en la dirección."""

    zona = _opciones("Zona", [])
    grupo = _opciones("Grupo", [], "Todos")
    componente = _opciones("Componente", Necesidad.Componente.choices, "Todos")
    modalidad = _opciones("Modalidad", Necesidad.Modalidad.choices)
    prioridad = _opciones("Prioridad", Necesidad.Prioridad.choices)
    quien = _opciones("Quién puede", [("gad", "El GAD, con lo suyo"), ("fuera", "Viene de afuera")])
    atencion = _opciones("Atención", [("no", "Sin atender"), ("si", "Atendidas")])
    estado = _opciones("Estado", [("retiradas", "Retiradas")], "En pie")

    def __init__(self, *args, grupos, zonas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grupo"].choices = [("", "Todos"), *((str(g.pk), str(g)) for g in grupos)]
        self.fields["zona"].choices = [("", "Todas"), *((str(z.pk), str(z)) for z in zonas)]
        if len(self.fields["zona"].choices) == 2 and not self.data.get("zona"):
            del self.fields["zona"]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def grupo_de(self, grupos):
        """El elegido entre `grupos`, o None."""
        return next((g for g in grupos if str(g.pk) == self.cleaned_data["grupo"]), None)

    def aplicar(self, necesidades, grupos):
        """`necesidades` ya con su atención (`con_atencion`)."""
        pedido = self.cleaned_data
        retiradas = pedido["estado"] == "retiradas"
        necesidades = necesidades.filter(retirada__isnull=not retiradas)
        for campo in ("componente", "modalidad", "prioridad"):
            if pedido[campo]:
                necesidades = necesidades.filter(**{campo: pedido[campo]})
        if pedido.get("zona"):
            de_zona = Q(gad__territorio__zona=pedido["zona"]) | Q(grupo__zona=pedido["zona"])
            necesidades = necesidades.filter(de_zona)
        if pedido["grupo"]:
            grupo = self.grupo_de(grupos)
            miembros = grupo.membresias.vigentes_en().values("gad")
            necesidades = necesidades.filter(Q(grupo=grupo) | Q(gad__in=miembros))
        if pedido["quien"]:
            necesidades = necesidades.filter(asumible=pedido["quien"] == "gad")
        if pedido["atencion"]:
            necesidades = necesidades.filter(atendida=pedido["atencion"] == "si")
        return necesidades


def zonas_de(usuario):
    """Las que puede elegir quien mira: todas, o la suya."""
    if usuario.ve_el_pais:
        return list(Zona.objects.all())
    zona = usuario.gad.territorio.zona_id if usuario.gad_id else usuario.zona_id
    return list(Zona.objects.filter(pk=zona))
