"""Lo que se teclea en las tarjetas de aportes: anotar, corregir, retirar y agrupar."""

from django import forms
from django.db.models import Q, Value

from acompanamiento.models import Membresia
from territorios.forms import FormularioVersionado
from territorios.models import Gad

from .campos import UnoDe
from .forms import VersionForm
from .models import Aporte, CumuloAportes, PreguntaEncuentro, PuntoAgenda

SIN_PREGUNTA = "Sin pregunta ni punto de la agenda"


class AporteForm(FormularioVersionado):
    """Una tarjeta: qué se dijo, a qué contesta y de quién es.

    `donde` es una pregunta guía («q12»), un punto de la agenda («p5») o nada. `clave_envio` la pone
    el servidor al pintar la página: el mismo envío repetido no deja dos tarjetas.
    """

    donde = forms.ChoiceField(
        required=False,
        label="Contesta a (opcional)",
        error_messages={"invalid_choice": "Esa pregunta o ese punto ya no es de este encuentro."},
    )
    gad = UnoDe(
        required=False,
        label="GAD (opcional)",
        error_messages={"invalid_choice": "Ese GAD no está convocado ni es de sus grupos."},
    )
    foto = UnoDe(
        required=False,
        label="Papelote de que se transcribe (opcional)",
        error_messages={"invalid_choice": "Esa foto no es de este encuentro o se retiró."},
    )
    clave_envio = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "La clave del envío está mal: vuelva a abrir la página."},
    )

    class Meta:
        model = Aporte
        fields = ["texto", "mesa", "gad", "foto"]
        widgets = {"texto": forms.Textarea(attrs={"rows": 2, "maxlength": 2000})}
        labels = {"texto": "Qué se dijo", "mesa": "Mesa (opcional)"}
        error_messages = {"texto": {"required": "Escriba qué se dijo."}}

    field_order = ["donde", "mesa", "gad", "foto", "texto"]

    def __init__(self, *args, encuentro, temario=None, fotos=None, **kwargs):
        """`temario` y `fotos`, si la página ya los trajo."""
        super().__init__(*args, **kwargs)
        self.instance.encuentro = encuentro
        preguntas, puntos = temario or temario_de(encuentro)
        self.preguntas = {f"q{p.pk}": p for p in preguntas}
        self.puntos = {f"p{p.pk}": p for p in puntos}
        self.fields["donde"].choices = [
            ("", SIN_PREGUNTA),
            ("Preguntas guía", _opciones(self.preguntas)),
            ("Puntos de la agenda", _opciones(self.puntos)),
        ]
        self.fields["gad"].ofrecer(
            gads_del_encuentro(encuentro),
            etiqueta=lambda gad: gad.nombre_con_lugar,
            vacia="— Ninguno en particular —",
        )
        if fotos is None:
            fotos = encuentro.evidencias.vigentes().fotos()
        self.fields["foto"].ofrecer(fotos, vacia="— Ninguna —")
        if self.instance.pk:
            self.initial["donde"] = self.instance.seccion
            del self.fields["clave_envio"]
        else:
            del self.fields["version_leida"]

    def clean(self):
        datos = super().clean()
        donde = datos.get("donde")
        self.instance.pregunta = self.preguntas.get(donde)
        self.instance.punto = self.puntos.get(donde)
        if self.instance.pk is None:
            self.instance.clave_envio = datos.get("clave_envio")
        return datos

    def conflictos_con(self, actual):
        """(campo, lo guardado, lo tecleado) de lo que difiere de la tarjeta de ahora."""
        opciones = {
            clave: nombre
            for _, grupo in self.fields["donde"].choices[1:]
            for clave, nombre in grupo
        }
        ofrecidos = self.fields["gad"]
        pares = [
            (
                "Contesta a",
                opciones.get(actual.seccion, SIN_PREGUNTA),
                opciones.get(self.data.get("donde"), SIN_PREGUNTA),
            ),
            ("Mesa", actual.mesa, self.data.get("mesa", "").strip()),
            ("GAD", ofrecidos.legible(actual.gad), ofrecidos.legible(self.cleaned_data.get("gad"))),
            (
                "Papelote",
                self.fields["foto"].legible(actual.foto),
                self.fields["foto"].legible(self.cleaned_data.get("foto")),
            ),
            ("Qué se dijo", _llano(actual.texto), _llano(self.data.get("texto", ""))),
        ]
        return [par for par in pares if par[1] != par[2]]


def _llano(texto):
    """Con el mismo fin de renglón y sin espacios alrededor: lo demás no es una diferencia."""
    return texto.replace("\r\n", "\n").strip()


def _opciones(cosas):
    return [(clave, str(cosa)) for clave, cosa in cosas.items()]


def temario_de(encuentro):
    """([preguntas guía], [puntos de la agenda]) en orden, solo con su texto. Una consulta."""
    preguntas = encuentro.preguntas.order_by().values_list(
        Value("pregunta"), "orden", "pk", "tema", "texto"
    )
    puntos = encuentro.agenda.order_by().values_list(
        Value("punto"), "orden", "pk", Value(""), "titulo"
    )
    filas = sorted(preguntas.union(puntos, all=True))
    return (
        [
            PreguntaEncuentro(pk=pk, encuentro=encuentro, tema=tema, texto=texto)
            for clase, _, pk, tema, texto in filas
            if clase == "pregunta"
        ],
        [
            PuntoAgenda(pk=pk, encuentro=encuentro, titulo=titulo)
            for clase, _, pk, _, titulo in filas
            if clase == "punto"
        ],
    )


def gads_del_encuentro(encuentro):
    """Los convocados y los miembros de sus grupos: de alguno de ellos es lo que se dice."""
    miembros = Membresia.objects.en_curso().filter(grupo__encuentros=encuentro)
    suyos = Q(pk__in=encuentro.convocados.values("gad")) | Q(pk__in=miembros.values("gad"))
    gads = Gad.objects.filter(suyos).select_related("territorio__padre__padre")
    return gads.order_by("territorio__codigo")


class RetiroForm(VersionForm):
    motivo = forms.CharField(
        max_length=250,
        label="Por qué se retira",
        error_messages={"required": "Escriba por qué se retira la tarjeta."},
    )


class MoverForm(forms.Form):
    hacia = forms.TypedChoiceField(choices=[("-1", "Subir"), ("1", "Bajar")], coerce=int)


class AgruparForm(forms.Form):
    """Qué tarjetas y en qué cúmulo: uno que ya existe, o uno nuevo con ese título."""

    aporte = forms.TypedMultipleChoiceField(
        coerce=int,
        label="Tarjetas",
        error_messages={
            "required": "Marque al menos una tarjeta.",
            "invalid_choice": "Alguna de las tarjetas ya no está en el tablero.",
        },
        widget=forms.CheckboxSelectMultiple,
    )
    cumulo = UnoDe(
        required=False,
        label="Cúmulo",
        error_messages={"invalid_choice": "Ese cúmulo no es de este encuentro."},
    )
    titulo = forms.CharField(required=False, max_length=120, label="O uno nuevo, con este título")

    def __init__(self, *args, encuentro, **kwargs):
        super().__init__(*args, **kwargs)
        tarjetas = encuentro.aportes.vigentes().order_by("orden", "pk")
        self.fields["aporte"].choices = [(t.pk, t.texto) for t in tarjetas]
        self.fields["cumulo"].ofrecer(encuentro.cumulos.all(), vacia="— Uno nuevo —")

    @property
    def saca(self):
        """Si en vez de agrupar saca las tarjetas de su cúmulo."""
        return self.data.get("accion") == "sacar"

    def clean(self):
        datos = super().clean()
        falta = not datos.get("cumulo") and not datos.get("titulo")
        if falta and not self.saca and "cumulo" not in self.errors:
            self.add_error("titulo", "Elija un cúmulo o escriba el título de uno nuevo.")
        return datos


class CumuloForm(FormularioVersionado):
    class Meta:
        model = CumuloAportes
        fields = ["titulo"]
        error_messages = {"titulo": {"required": "Un cúmulo lleva un título."}}
