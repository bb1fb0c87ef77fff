"""Lo que se teclea del plan de capacidades: el plan, sus actividades y sus avances."""

from django import forms
from django.db.models import Max, Min
from django.utils import timezone

from acompanamiento.models import Grupo
from talleres.campos import UnoDe, VariosDe
from talleres.models import Encuentro
from territorios.filtros import CampoFecha
from territorios.forms import FormularioVersionado
from territorios.models import Territorio, Zona

from .forms_listas import FormularioConListas
from .models import ActividadCapacidad, AvanceActividad, PlanCapacidades

FUERA = "Ese GAD no es {de}: elija uno de la lista."
# Los últimos encuentros que se ofrecen para vincular: los de un período de gobierno caben.
ENCUENTROS_MAXIMO = 300


class PlanForm(FormularioVersionado):
    """El período y el objetivo; al abrirlo, además, de qué grupo o zona es."""

    de = UnoDe(
        label="De quién es",
        error_messages={
            "required": "Elija de qué grupo o zona es el plan.",
            "invalid_choice": "Ese grupo o zona no está entre los que usted acompaña.",
        },
    )

    class Meta:
        model = PlanCapacidades
        fields = ["desde", "hasta", "objetivo"]
        field_classes = {"desde": CampoFecha, "hasta": CampoFecha}
        widgets = {"objetivo": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"objetivo": "Qué podrán hacer los equipos que hoy no pueden."}

    field_order = ["de", "desde", "hasta", "objetivo"]

    def __init__(self, *args, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["de"]
            return
        grupos = Grupo.objects.editables_por(usuario).conformados()
        zonas = (
            Zona.objects.all() if usuario.ve_el_pais else Zona.objects.filter(pk=usuario.zona_id)
        )
        self.fields["de"].ofrecer([*grupos, *zonas], vacia="— Elija —")
        # Un grupo y una zona pueden llevar el mismo número: cada uno con su letra.
        self.fields["de"].objetos = {_clave(uno): uno for uno in [*grupos, *zonas]}
        self.fields["de"].choices = [
            ("", "— Elija —"),
            *((_clave(uno), str(uno)) for uno in [*grupos, *zonas]),
        ]

    def _post_clean(self):
        elegido = self.cleaned_data.get("de")
        if isinstance(elegido, Grupo):
            self.instance.grupo = elegido
        elif elegido:
            self.instance.zona = elegido
        super()._post_clean()

    def clean(self):
        datos = super().clean()
        if datos.get("desde") and datos.get("hasta") and datos["hasta"] < datos["desde"]:
            self.add_error("hasta", "El plan no puede terminar antes de empezar.")
        elif self.instance.pk:
            self._no_dejar_fuera(datos)
        return datos

    def _no_dejar_fuera(self, datos):
        """El período no se acorta por debajo de lo ya planificado."""
        extremos = self.instance.actividades.aggregate(desde=Min("desde"), hasta=Max("hasta"))
        primera, ultima = extremos["desde"], extremos["hasta"]
        if primera and datos.get("desde") and datos["desde"] > primera:
            self.add_error("desde", f"Hay una actividad que empieza el {primera:%d/%m/%Y}.")
        if ultima and datos.get("hasta") and datos["hasta"] < ultima:
            self.add_error("hasta", f"Hay una actividad que termina el {ultima:%d/%m/%Y}.")


def _clave(duenio):
    return f"{'g' if isinstance(duenio, Grupo) else 'z'}{duenio.pk}"


class ActividadForm(FormularioConListas):
    """Una actividad: sus GAD, sus cantones y sus necesidades son los del plan."""

    necesidades = VariosDe(
        label="Necesidades que atiende",
        required=False,
        error_messages={"invalid_choice": "Esa necesidad no es del grupo o de la zona del plan."},
    )
    responsable_gad = UnoDe(label="GAD responsable", required=False)
    canton = UnoDe(
        label="Cantón (opcional)",
        required=False,
        error_messages={"invalid_choice": "Ese cantón no es del grupo o de la zona del plan."},
    )
    beneficiarios = VariosDe(
        label="GAD beneficiarios",
        error_messages={"required": "Elija al menos un GAD: para alguien es la actividad."},
    )

    class Meta:
        model = ActividadCapacidad
        fields = [
            "titulo",
            "detalle",
            "modalidad",
            "responsable_entidad",
            "desde",
            "hasta",
            "horas",
            "lugar",
            "cupo",
            "indicador",
            "linea_base",
            "meta",
            "presupuesto",
            "presupuesto_fuente",
            "presupuesto_fecha",
        ]
        field_classes = {
            "desde": CampoFecha,
            "hasta": CampoFecha,
            "presupuesto_fecha": CampoFecha,
        }
        widgets = {"detalle": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "detalle": "Detalle (opcional)",
            "responsable_entidad": "O entidad responsable o aliada, si no es un GAD",
            "horas": "Horas (opcional)",
            "lugar": "Lugar (opcional)",
            "cupo": "Cupo, en personas (opcional)",
            "indicador": "Indicador (opcional)",
            "linea_base": "Línea base (opcional)",
            "meta": "Meta (opcional)",
            "presupuesto": "Presupuesto referencial, en dólares (opcional)",
            "presupuesto_fuente": "De dónde sale el presupuesto",
            "presupuesto_fecha": "De qué fecha es",
        }
        help_texts = {
            "presupuesto_fuente": "Cotización, contrato o presupuesto de que se toma la cifra.",
            "indicador": "Con qué se sabrá si sirvió: «GAD con proyectos formulados».",
        }

    de_uno = ("responsable_gad", "canton")
    de_varios = ("necesidades", "beneficiarios")
    field_order = [
        "titulo",
        "detalle",
        "modalidad",
        "necesidades",
        "beneficiarios",
        "responsable_gad",
        "responsable_entidad",
        "desde",
        "hasta",
        "horas",
        "canton",
    ]

    def __init__(self, *args, plan, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = self.plan = plan
        gads = list(plan.gads().order_by("pk"))
        fuera = FUERA.format(de="miembro del grupo" if plan.grupo_id else "de la zona")
        for nombre in ("responsable_gad", "beneficiarios"):
            self.fields[nombre].error_messages["invalid_choice"] = fuera
        nombrar = _con_lugar
        self.fields["beneficiarios"].ofrecer(gads, etiqueta=nombrar)
        self.fields["responsable_gad"].ofrecer(gads, etiqueta=nombrar, vacia="— Ninguno —")
        self.fields["canton"].ofrecer(_cantones_de(gads), vacia="— Sin decir —")
        necesidades = plan.necesidades_de(usuario)
        self.fields["necesidades"].ofrecer(necesidades, etiqueta=_tema_y_duenio)
        self._iniciales()

    def _iniciales(self):
        actual = self.instance
        if actual.pk:
            self.initial |= {
                "responsable_gad": actual.responsable_gad_id,
                "canton": actual.canton_id,
                "necesidades": [str(una.pk) for una in actual.necesidades.all()],
                "beneficiarios": [gad.pk for gad in actual.beneficiarios.all()],
            }

    def clean(self):
        datos = super().clean()
        self._un_responsable(datos)
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta < desde:
            self.add_error("hasta", "La actividad no puede terminar antes de empezar.")
        for campo, fecha in (("desde", desde), ("hasta", hasta)):
            if fecha and not self.plan.desde <= fecha <= self.plan.hasta:
                self.add_error(
                    campo,
                    f"El plan va del {self.plan.desde:%d/%m/%Y} al {self.plan.hasta:%d/%m/%Y}: "
                    "la actividad cae fuera.",
                )
        self._presupuesto(datos)
        return datos

    def _un_responsable(self, datos):
        nombres = ("responsable_gad", "responsable_entidad")
        sin_error = not any(nombre in self.errors for nombre in nombres)
        if sin_error and [datos.get(nombre) for nombre in nombres].count(None) != 1:
            self.add_error(
                "responsable_gad", "La actividad tiene un responsable: un GAD o una entidad."
            )

    def _presupuesto(self, datos):
        monto = datos.get("presupuesto")
        if monto is not None and monto < 0:
            self.add_error("presupuesto", "El presupuesto no puede ser negativo.")
        for campo, falta in (
            ("presupuesto_fuente", "Diga de dónde sale esa cifra."),
            ("presupuesto_fecha", "Diga de qué fecha es esa cifra."),
        ):
            if monto is not None and not datos.get(campo) and campo not in self.errors:
                self.add_error(campo, falta)


def _con_lugar(gad):
    return gad.nombre_con_lugar


def _tema_y_duenio(necesidad):
    return f"{necesidad.tema} — {necesidad.de_quien}"


def _cantones_de(gads):
    """Los cantones de esos GAD, por nombre; los de una provincia, si solo está la provincia."""
    codigos = {gad.pk[:4] for gad in gads if len(gad.pk) > 2}
    return Territorio.objects.filter(pk__in=codigos).order_by("nombre")


class AvanceForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    porcentaje = forms.IntegerField(
        label="Avance, en % (de 0 a 100)",
        min_value=0,
        max_value=100,
        error_messages={
            "max_value": "El avance no puede pasar de 100 por ciento.",
            "min_value": "El avance no puede ser menos de 0 por ciento.",
            "invalid": "Escriba un número entero de 0 a 100.",
        },
    )

    class Meta:
        model = AvanceActividad
        fields = ["fecha", "porcentaje", "texto", "evidencia"]
        field_classes = {"fecha": CampoFecha}
        widgets = {"texto": forms.Textarea(attrs={"rows": 3})}
        labels = {"evidencia": "Evidencia (opcional)"}

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("Un avance no puede tener fecha futura.")
        return fecha

    def clean(self):
        datos = super().clean()
        if datos.get("porcentaje") == 100 and not datos.get("evidencia"):
            self.add_error("evidencia", "Para darla por hecha, diga qué documento lo prueba.")
        return datos


class EncuentrosForm(forms.Form):
    """En qué encuentros se hizo la actividad: de ahí sale la asistencia, y de ningún otro lado."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    encuentros = VariosDe(
        label="Encuentros en que se hizo",
        required=False,
        error_messages={"invalid_choice": "Ese encuentro no es de su jurisdicción o no existe."},
    )

    def __init__(self, *args, actividad, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.ofrecidos = list(encuentros_para(actividad.plan, usuario))
        self.fields["encuentros"].ofrecer(self.ofrecidos, etiqueta=_fecha_y_tema)
        puestos = {uno.pk for uno in actividad.encuentros.all()}
        self.initial |= {
            "version": actividad.version,
            "encuentros": [str(uno.pk) for uno in self.ofrecidos if uno.pk in puestos],
        }


def encuentros_para(plan, usuario):
    """Los que edita quien entra: del grupo, o de toda su jurisdicción si el plan es de una zona."""
    editables = Encuentro.objects.editables_por(usuario)
    editables = editables.exclude(estado=Encuentro.Estado.CANCELADO)
    if plan.grupo_id:
        editables = editables.filter(grupos=plan.grupo_id)
    return editables.order_by("-fecha", "-pk")[:ENCUENTROS_MAXIMO]


def _fecha_y_tema(encuentro):
    return f"{encuentro.fecha:%d/%m/%Y} · {encuentro.tema} ({encuentro.lugar})"


class PasoForm(forms.Form):
    """El motivo de devolver o cerrar, con la versión leída. Proponer y aprobar no lo piden."""

    motivo = forms.CharField(
        label="Por qué",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
